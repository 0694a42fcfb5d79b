"""The training log as its pages show it. Pure, but for the names that the rules give."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.organisation.models import Person
from backend.portal.due import Due, due_of
from backend.training.models import StaffAttendance, TrainingDue, TrainingSession
from backend.training.naming import name_of


@dataclass(frozen=True, slots=True)
class SessionCard:
    """Something that was held, its name, and those present whose names the reader may know, with their certificate."""

    row: TrainingSession
    name: str
    people: Sequence[Person]
    certificate: str


@dataclass(frozen=True, slots=True)
class DueCard:
    """Something that is due, its name, of whom, and how soon."""

    row: TrainingDue
    name: str
    due: Due | None


def session_cards(rows: Iterable[TrainingSession]) -> list[SessionCard]:
    """Return them in the same order."""
    return [_card(row, row.seen) for row in rows]  # type: ignore[attr-defined]  # the selector's


def _card(row: TrainingSession, seen: Sequence[StaffAttendance]) -> SessionCard:
    certificate = next((one.certificate for one in seen), "")
    return SessionCard(row, name_of(row), [one.person for one in seen], certificate)


def due_cards(*, rows: Iterable[TrainingDue], now: datetime) -> list[DueCard]:
    """Return them in the same order."""
    return [DueCard(row, name_of(row), due_of(at=row.due_at, now=now)) for row in rows]
