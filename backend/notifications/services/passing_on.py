"""Passing on: the next reachable person above is told when nothing reaches somebody who has to act."""

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.common.models import OutboxMessage
from backend.duty.reach import Reached
from backend.duty.selectors import directory_load
from backend.notifications.models import Delivery, Notice
from backend.notifications.services.planning import notices_store
from backend.organisation.roles import Role
from backend.organisation.selectors import roles_held
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.actions.route import ROUTE
from backend.workflow.models import Ticket
from backend.workflow.selectors import concerned_in
from backend.workflow.services.opening_to import ticket_open_to
from backend.workflow.states import OVER, State
from backend.workflow.system_events import ESCALATED

logger = logging.getLogger(__name__)

STRICT = (Role.PROTECTION_LEAD, Role.PRINCIPAL, Role.BOARD_CHAIR, Role.BUREAU_OFFICER)
STANDING_IN = (Role.DUTY_LEADER, Role.COORDINATOR, Role.VICE_PRINCIPAL, *STRICT)
STILL_WAITS: dict[str, frozenset[str]] = {
    ROUTE.name: frozenset({State.RECEIVED, State.ROUTED}),
    ESCALATED.name: frozenset(State) - OVER,
}
"""In which states a notice still asks somebody to act."""


def notices_pass_on(messages: Sequence[OutboxMessage], now: datetime) -> None:
    """Tell whoever stands in for each person no channel reached."""
    for message in messages:
        _pass_on(message, now)


@transaction.atomic(savepoint=False)
def _pass_on(message: OutboxMessage, now: datetime) -> None:
    """Tell whoever stands in for one person.

    Everybody is told of an event at most once, so the way up ends with the last person of the chain.
    """
    people = Notice.objects.select_related("ticket__school", "person")
    notice = people.get(id=message.payload["notice"])
    ticket = notice.ticket
    if ticket is None or ticket.state not in STILL_WAITS[notice.kind] or _heard([notice.id]):
        return
    told = dict(Notice.objects.filter(event_id=notice.event_id).values_list("person_id", "id"))
    heard = _heard(told.values())
    unheard = {person_id for person_id, notice_id in told.items() if notice_id not in heard}
    reached = _above(notice.person_id, ticket, unheard, now)
    if not reached.people:
        logger.error("ticket %s: nobody above %s can be reached", ticket.id, notice.person_id)
    fresh = [
        Notice(
            person_id=person_id,
            subject_kind=notice.subject_kind,
            subject_id=notice.subject_id,
            ticket=ticket,
            event_id=notice.event_id,
            kind=notice.kind,
            instead_of=notice.person,
            created_at=now,
        )
        for person_id in reached.people
        if person_id not in told
    ]
    notices_store(notices=fresh, now=now)
    ticket_open_to(ticket_id=ticket.id, reached=reached, instead_of=notice.person_id, now=now)


def _heard(notice_ids: Iterable[UUID]) -> set[UUID]:
    """Return which notices reached their person, or are on the way without having failed."""
    on_the_way = (Delivery.Status.SENT, Delivery.Status.WAITING)
    rows = Delivery.objects.filter(notice__in=list(notice_ids), status__in=on_the_way)
    return set(rows.values_list("notice_id", flat=True))


def _above(person_id: UUID, ticket: Ticket, unheard: Collection[UUID], now: datetime) -> Reached:
    directory = directory_load(school_ids=[ticket.school_id], now=now)
    excluding = {*unheard, *concerned_in(tickets=[ticket])[ticket.id]}
    role = _asked(person_id, ticket, now)
    return directory.reach(role=role, school_id=ticket.school_id, unit_id=ticket.owner_id, excluding=excluding)


def _asked(person_id: UUID, ticket: Ticket, now: datetime) -> Role:
    """Return the role as which the person was told; of a confidential ticket only the case team's."""
    held = roles_held(person_id=person_id, now=now)
    roles = {role for role, _unit_id in held}
    if ticket.confidentiality == Confidentiality.K2:
        return next((role for role in STRICT if role in roles), Role.PROTECTION_LEAD)
    for role in (Role.HANDLER, Role.OFFICE_HEAD):
        if (role, ticket.owner_id) in held:
            return role
    return next((role for role in STANDING_IN if role in roles), Role.OFFICE_HEAD)
