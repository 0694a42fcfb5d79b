"""Recurrences: what was closed at a place comes back there, so it is linked to the earlier ticket and more urgent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from backend.rulebook.ruleset import Confidentiality, Severity
from backend.workflow.change import TicketChange
from backend.workflow.classing import BY_OPENNESS, BY_URGENCY
from backend.workflow.models import Ticket, TicketRecurrence
from backend.workflow.relation_groups import OPEN
from backend.workflow.selectors import concerned_in
from backend.workflow.states import State
from backend.workflow.system_events import RECURRED

RECURS_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The ticket whose problem came back, and where it stands in a row of such, if it does."""

    ticket: Ticket
    recurrence: TicketRecurrence | None


def recurrences_find(*, tickets: Sequence[Ticket]) -> Mapping[UUID, Earlier]:
    """Return for new tickets the one last closed about the same at the same place within thirty days before.

    One statement, none where no place is given; two more where there is one.
    """
    placed = [ticket for ticket in tickets if ticket.place_id is not None]
    closed = list(_closed_there(placed)) if placed else []
    if not closed:
        return {}
    concerned = concerned_in(tickets=[*placed, *closed])
    found = {}
    for ticket in placed:
        alike = (old for old in closed if _is_the_same(old, ticket, concerned))
        if last := max(alike, key=lambda old: (old.closed_at, old.id), default=None):
            found[ticket.id] = last
    rows = TicketRecurrence.objects.in_bulk([*found, *(old.id for old in found.values())]) if found else {}
    # What is routed anew, as after a decline was contested, was counted when it was routed first.
    return {ticket_id: Earlier(old, rows.get(old.id)) for ticket_id, old in found.items() if ticket_id not in rows}


def recur(*, change: TicketChange, earlier: Earlier) -> None:
    """Link a ticket to the one whose problem came back, and make it one step more urgent, up to the most urgent.

    One that waits for somebody outside by now keeps its urgency: what is most urgent cannot wait.
    """
    ticket, row = change.ticket, earlier.recurrence
    before = Severity(ticket.severity)
    number = row.number + 1 if row else 2
    change.keeps(
        TicketRecurrence(
            ticket=ticket,
            earlier=earlier.ticket,
            first_id=row.first_id if row else earlier.ticket.id,
            number=number,
            found_at=change.now,
            severity_was=before,
        )
    )
    ticket.recurs = True
    raised = BY_URGENCY[max(BY_URGENCY.index(before) - 1, 0)] if State(ticket.state) in OPEN else before
    changes = {}
    if raised is not before:
        ticket.severity = raised
        change.renews_timers = True
        changes = {"severity": {"from": before, "to": raised}}
    change.record(RECURRED, earlier=str(earlier.ticket.id), number=number, changes=changes)


def _closed_there(tickets: Sequence[Ticket]) -> QuerySet[Ticket]:
    """Return what was solved and closed lately at the places of new tickets, whatever it was about."""
    since = min(ticket.filed_at for ticket in tickets) - RECURS_WITHIN
    closed = Ticket.objects.filter(place__in={ticket.place_id for ticket in tickets}, closed_at__gte=since)
    return closed.filter(state=State.CLOSED, resolved_at__isnull=False)


def _is_the_same(old: Ticket, new: Ticket, concerned: Mapping[UUID, Collection[UUID]]) -> bool:
    """Say whether a new ticket is about what an old one was, and nobody who works on the new one learns too much.

    The old one is not more confidential, neither or both are of class K2, and both concern the same people.
    """
    if (old.place_id, old.category, old.is_exercise) != (new.place_id, new.category, new.is_exercise):
        return False
    if old.closed_at is None or not timedelta(0) <= new.filed_at - old.closed_at <= RECURS_WITHIN:
        return False
    classes = [Confidentiality(ticket.confidentiality) for ticket in (old, new)]
    is_open_enough = BY_OPENNESS.index(classes[0]) <= BY_OPENNESS.index(classes[1])
    is_alike = (classes[0] is Confidentiality.K2) == (classes[1] is Confidentiality.K2)
    return is_open_enough and is_alike and set(concerned[old.id]) == set(concerned[new.id])
