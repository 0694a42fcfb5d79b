"""What is said with an action, and what follows from one besides the change of state."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backend.rulebook.ruleset import Confidentiality, Severity
from backend.workflow.states import Evidence


@dataclass(frozen=True, slots=True)
class ActionInput:
    """What a person says with an action: a note, and what some ask for besides.

    `assign` asks who takes it on, `wait` for which outside party, `reclassify` what is to be so.
    """

    note: str = ""
    assignee_id: UUID | None = None
    category: str | None = None
    severity: Severity | None = None
    confidentiality: Confidentiality | None = None
    place_id: UUID | None = None
    waiting_for: str = ""

    def evidence(self, name: Evidence) -> object:
        """Return what was given of something that an action can ask for; nothing, or empty, when it was not."""
        return {
            Evidence.NOTE: self.note,
            Evidence.ASSIGNEE: self.assignee_id,
            Evidence.PARTY: self.waiting_for,
        }[name]

    def body(self) -> dict[str, Any]:
        """Return what the ledger keeps of it; corrections are recorded as the changes they made."""
        said = {
            "note": self.note,
            "assignee": str(self.assignee_id) if self.assignee_id else "",
            "waiting_for": self.waiting_for,
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Consequence:
    """What an effect adds to the event, whom it tells besides those whom the action always tells, and two orders."""

    said: dict[str, Any] = field(default_factory=dict)
    tell: frozenset[UUID] = frozenset()
    renews_timers: bool = False
    routes: bool = False


NOTHING = Consequence()
