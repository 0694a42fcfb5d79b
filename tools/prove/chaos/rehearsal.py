"""The kind of subject that only the newer version knows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from backend.deadlines.handlers import Firing


class RehearsalSubjects:
    """Subjects without rows of their own: the engine's record is all that firing leaves."""

    def lock(self, subject_ids: Collection[UUID]) -> set[UUID]:
        """Return all of them; nobody else works on them."""
        return set(subject_ids)

    def fire(self, firings: Sequence[Firing], *, now: datetime) -> None:
        """Do nothing more than what the engine has recorded."""
