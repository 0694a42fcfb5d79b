"""Whatever rooms above have written with a change of a ticket, in its own statement: `settings.TICKET_FOLLOWERS`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from backend.common.outbox import OutboxDraft
from backend.common.sql.statements import Write
from backend.workflow.models import Ticket


@dataclass(frozen=True, slots=True)
class Stood:
    """The parts of how a ticket stands by which rooms above go."""

    category: str
    severity: str
    state: str
    is_sealed: bool


def stood_of(ticket: Ticket) -> Stood:
    """Return how a ticket stands now."""
    return Stood(ticket.category, ticket.severity, ticket.state, ticket.is_strictly_confidential)


class Changed(Protocol):
    """A change of a ticket as it is noted: the ticket, how that stood before, and what its event says."""

    ticket: Ticket
    stood: Stood | None
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Followed:
    """A ticket that was filed (`before` None) or has become another, under its lock, and what its reporter answered."""

    ticket: Ticket
    before: Stood | None
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Following:
    """The rows that rooms above have stored with a change, and what has to happen after the commit."""

    writes: Sequence[Write] = ()
    drafts: Sequence[OutboxDraft] = ()


Follower = Callable[[Sequence[Followed], datetime], Following]


def following(changes: Sequence[Changed], now: datetime) -> Following:
    """Return what every room above has stored with these changes; nothing where no ticket stands otherwise."""
    moved = [
        Followed(change.ticket, change.stood, change.body.get("answers", {}))
        for change in changes
        if change.stood != stood_of(change.ticket)
    ]
    found = [follower(moved, now) for follower in _followers()] if moved else []
    return Following([row for one in found for row in one.writes], [row for one in found for row in one.drafts])


@cache
def _followers() -> tuple[Follower, ...]:
    return tuple(import_string(name) for name in settings.TICKET_FOLLOWERS)
