"""What is said with an action, and what follows from one besides the change of state."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backend.rulebook.ruleset import Confidentiality, Severity


@dataclass(frozen=True, slots=True)
class ActionInput:
    """What a person says with an action: a note; for `assign` who takes it on; for `reclassify` what is to be so."""

    note: str = ""
    assignee_id: UUID | None = None
    category: str | None = None
    severity: Severity | None = None
    confidentiality: Confidentiality | None = None
    place_id: UUID | None = None

    def body(self) -> dict[str, Any]:
        """Return what the ledger keeps of it; corrections are recorded as the changes they made."""
        body: dict[str, Any] = {"note": self.note} if self.note else {}
        return {**body, "assignee": str(self.assignee_id)} if self.assignee_id else body


@dataclass(frozen=True, slots=True)
class Consequence:
    """What an effect adds to the event, whom it tells besides those whom the action always tells, and two orders."""

    said: dict[str, Any] = field(default_factory=dict)
    tell: frozenset[UUID] = frozenset()
    renews_timers: bool = False
    routes: bool = False


NOTHING = Consequence()
