"""Telling people of reports to somebody outside: whoever answers for one that starts, more people where it is late."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from backend.common.models import OutboxMessage
from backend.common.outbox import outbox_add
from backend.duty.reach import Directory
from backend.duty.selectors import directory_load
from backend.organisation.roles import Role
from backend.outside.models import OutsideDuty
from backend.outside.news import Told, ladder_of, news_draft, reminded_of
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import Ticket
from backend.workflow.selectors import tickets_with_school

logger = logging.getLogger(__name__)


def duties_ask(messages: Sequence[OutboxMessage], now: datetime) -> None:
    """Have whoever answers for reports that started hear of them, once for all of one ticket."""
    ids = [UUID(one) for message in messages for one in message.payload["duties"]]
    by_ticket: defaultdict[UUID, list[OutsideDuty]] = defaultdict(list)
    for duty in OutsideDuty.objects.filter(id__in=ids, state=OutsideDuty.State.OPEN).order_by("id"):
        by_ticket[duty.ticket_id].append(duty)
    tickets = tickets_with_school(ticket_ids=sorted(by_ticket))
    directory = directory_load(school_ids={ticket.school_id for ticket in tickets.values()}, now=now)
    drafts = []
    for ticket_id, duties in by_ticket.items():
        ticket = tickets[ticket_id]
        people = dict.fromkeys(person for duty in duties for person in asked_by(ticket, duty, directory))
        if people:
            drafts.append(news_draft(ticket, Told.CALLED_FOR, duties, people))
        else:
            logger.error("ALARM: something has to be told outside for ticket %s, and nobody can be asked", ticket_id)
    outbox_add(drafts=drafts, now=now)


def asked_by(ticket: Ticket, duty: OutsideDuty, directory: Directory) -> list[UUID]:
    """Return who answers for one report: those whom its clock reminds; of class K2 its case team's lead."""
    is_sealed = ticket.confidentiality == Confidentiality.K2
    return reached(ticket, reminded_of(duty, is_sealed=is_sealed), directory, deputies=False)


def climbed_by(ticket: Ticket, duty: OutsideDuty, rung: int, directory: Directory) -> list[UUID]:
    """Return who hears at one rung of a report that is late; a number past the last rung is a repeat of it."""
    rungs = ladder_of(duty, is_sealed=ticket.confidentiality == Confidentiality.K2)
    step = rungs[min(rung, len(rungs) - 1)]
    first = asked_by(ticket, duty, directory) if rung == 0 else []
    return [*first, *reached(ticket, step.tell, directory, deputies=step.deputies)]


def reached(ticket: Ticket, roles: Iterable[Role], directory: Directory, *, deputies: bool) -> list[UUID]:
    """Return the people found in these roles of the school, nobody whom the ticket concerns.

    The bureau is not told by the system: to tell it is what the school has to do itself.
    """
    ask = directory.deputies if deputies else directory.reach
    excluding = ticket.concerned or ()
    answers = [
        ask(role=role, school_id=ticket.school_id, unit_id=None, excluding=excluding)
        for role in roles
        if role is not Role.BUREAU_OFFICER
    ]
    return [person for answer in answers if answer.role is not Role.BUREAU_OFFICER for person in answer.people]
