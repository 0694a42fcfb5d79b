"""Things that rooms beside the tickets ask of people: the shape in which each says who owes them, by when. Pure.

Settings name one reader for each kind (`OWED_BESIDE_TICKETS`); whoever lists what somebody owes asks them all.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from backend.organisation.actors import Actor
from backend.organisation.models import School


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that is asked of people, as it stands now, with those of some people who owe it or may know of it.

    `about` says in the reader's language what it is about, and `path` is the address of its page. `is_public`: it was
    never confidential, so that its words may leave the system. `is_done`: somebody did it; else it is open, or gone.
    """

    kind: str
    id: UUID
    school: School
    action: str
    due_at: datetime
    about: Callable[[], str]
    path: str
    owed_by: frozenset[UUID]
    known_to: frozenset[UUID]
    is_public: bool = True
    is_exercise: bool = False
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Sought:
    """The things that are read: all that waits for the people who are asked about, or these, however they stand."""

    waiting: bool = False
    ids: Collection[UUID] = ()
    ticket_ids: Collection[UUID] = ()


class OwedReader(Protocol):
    """Reads what one room asks of people; the number of statements depends neither on them nor on what is found."""

    def __call__(self, *, actors: Sequence[Actor], sought: Sought, now: datetime) -> list[Owed]:
        """Return it, each thing once, at the schools of these people alone."""
