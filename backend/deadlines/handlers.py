"""The interface of a kind of subject that has timers (a ticket, say), and finding its handler in the settings."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Firing:
    """One rung of one timer that fires now; `rung` counts from 0 and counts repeats of the last rung on."""

    timer_id: int
    subject_id: UUID
    target: str
    clock: str
    epoch: int
    rung: int
    due_at: datetime
    is_repeat: bool


class SubjectHandler(Protocol):
    """The owner of one kind of subject; both calls happen inside the firing transaction, without any network."""

    def lock(self, subject_ids: Collection[UUID]) -> set[UUID]:
        """Lock these subjects `FOR NO KEY UPDATE SKIP LOCKED`; return those locked."""
        ...

    def fire(self, firings: Sequence[Firing], *, now: datetime) -> None:
        """Carry out the firings, given in due order, all of locked subjects."""
        ...


@cache
def _handler_at(path: str) -> SubjectHandler:
    handler: SubjectHandler = import_string(path)()
    return handler


def subject_kinds() -> list[str]:
    """Return the kinds of subject this process can fire; timers of other kinds are left to a newer process."""
    return sorted(settings.DEADLINE_SUBJECTS)


def subject_handler(kind: str) -> SubjectHandler:
    """Return the handler that settings.DEADLINE_SUBJECTS names for a kind."""
    return _handler_at(settings.DEADLINE_SUBJECTS[kind])
