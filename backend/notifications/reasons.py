"""Messages whose reason is gone when they would be sent: read meanwhile, over, or out of sight."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

from backend.duty.selectors import actors_of
from backend.notifications.models import Notice
from backend.notifications.sentences import tells_reporter
from backend.organisation.actors import Actor
from backend.workflow.models import Ticket
from backend.workflow.policy import Part
from backend.workflow.relations import opened_to
from backend.workflow.selectors import grants_read
from backend.workflow.states import State

OVER = (State.CLOSED, State.DECLINED)
TOLD_WHEN_OVER = frozenset(
    {"verify", "confirm-decline", "withdraw", "comment", "reclassify", "confirm-lowering", "refuse-lowering"}
)
"""The news that is worth telling of a ticket that is over; whatever else asks for something."""


def notices_standing(
    *, notices: Sequence[Notice], tickets: Mapping[UUID, Ticket], concerned: Mapping[UUID, Collection[UUID]]
) -> list[Notice]:
    """Return the notices that still have a reason; each comes with its person, the tickets with their schools.

    One statement, whatever their number; one more where somebody may have been granted a ticket.
    """
    hopeful = [notice for notice in notices if _is_unread(notice) and _still_asks(notice, tickets[notice.subject_id])]
    if not hopeful:
        return []
    actors = actors_of(person_ids={notice.person_id for notice in hopeful})
    grants_read(actors=actors.values(), tickets=list(tickets.values()))
    return list(_in_sight(hopeful, tickets, actors, concerned))


def _is_unread(notice: Notice) -> bool:
    return notice.read_at is None


def _still_asks(notice: Notice, ticket: Ticket) -> bool:
    return ticket.state not in OVER or notice.kind in TOLD_WHEN_OVER or _is_to_reporter(notice, ticket)


def _in_sight(
    notices: Sequence[Notice],
    tickets: Mapping[UUID, Ticket],
    actors: Mapping[UUID, Actor],
    concerned: Mapping[UUID, Collection[UUID]],
) -> Iterator[Notice]:
    for notice in notices:
        ticket, actor = tickets[notice.subject_id], actors[notice.person_id]
        is_shut_out = notice.person_id in concerned[ticket.id]
        if _is_to_reporter(notice, ticket) or (
            not is_shut_out and Part.TICKET in opened_to(actor=actor, ticket=ticket)
        ):
            yield notice


def _is_to_reporter(notice: Notice, ticket: Ticket) -> bool:
    return tells_reporter(kind=notice.kind, is_reporter=ticket.reporter_id == notice.person_id)
