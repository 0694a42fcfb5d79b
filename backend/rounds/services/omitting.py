"""Linking events that came out later with the "all well" behind which they lay; nobody is blamed for it, or told."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from backend.organisation.actors import Actor
from backend.organisation.permissions import NotForExcusing
from backend.rounds.errors import NotBehindIt, SealedStaysApart
from backend.rounds.models import RoundAnswer, RoundTicket
from backend.rounds.omissions import is_sealed, lay_behind
from backend.rounds.selectors.omissions import answers_all_well, tickets_filed
from backend.rounds.selectors.showing import round_lock
from backend.rounds.sight import may_answer, may_excuse
from backend.rulebook.round_rules import RoundKind
from backend.rulebook.selectors import ruleset_get
from backend.workflow.merging import ticket_meant
from backend.workflow.models import Ticket
from backend.workflow.selectors import ticket_get

LOOK_BACK = timedelta(days=3)
"""For so long after it was filed a ticket is looked at: until then it is with the office that answers for it."""


def omissions_link(*, now: datetime) -> None:
    """Link the tickets of the last days with the daily reports behind which they lay.

    A second run changes nothing; three statements, however many tickets there are.
    """
    tickets = tickets_filed(since=now - LOOK_BACK)
    days = {(ticket.owner_id, _day(ticket)) for ticket in tickets}
    answers = answers_all_well(offices={office for office, _ in days}, days={day for _, day in days})
    RoundTicket.objects.bulk_create(_links(tickets, answers, now), ignore_conflicts=True)


def _links(tickets: list[Ticket], answers: list[RoundAnswer], now: datetime) -> Iterator[RoundTicket]:
    said: defaultdict[tuple[UUID | None, date], list[RoundAnswer]] = defaultdict(list)
    for answer in answers:
        if ruleset_get(answer.round.rulebook_id).round_plans[answer.round.plan].kind is RoundKind.DAILY_REPORT:
            said[answer.round.unit_id, answer.round.day].append(answer)
    for ticket in tickets:
        for answer in said.get((ticket.owner_id, _day(ticket)), ()):
            if lay_behind(ticket=ticket, answer=answer, found_since=ticket.filed_at):
                yield RoundTicket(round_id=answer.round_id, ticket=ticket, kind=RoundTicket.Kind.OMISSION, at=now)


def _day(ticket: Ticket) -> date:
    return ticket.occurred_at.astimezone(ZoneInfo(ticket.school.time_zone)).date()


@transaction.atomic
def omission_note(*, actor: Actor, round_id: UUID, named: Callable[[], str], now: datetime) -> None:
    """Link a ticket, by its id or reference, with the "all well" behind which it lay, by somebody who knows of both.

    For whoever is asked or answers for the school. Named once more it changes nothing.
    """
    row = round_lock(actor=actor, round_id=round_id, now=now)
    if not (may_answer(actor=actor, row=row) or may_excuse(actor=actor, row=row)):
        raise NotForExcusing
    ticket = ticket_get(actor=actor, ticket_id=ticket_meant(actor=actor, named=named(), pointer="/ticket"))
    if is_sealed(ticket):
        raise SealedStaysApart(pointer="/ticket")
    latest = row.answers.order_by("-number").first()
    if latest is None or ticket.school_id != row.school_id or ticket.is_exercise:
        raise NotBehindIt(pointer="/ticket")
    if not lay_behind(ticket=ticket, answer=latest, found_since=now):
        raise NotBehindIt(pointer="/ticket")
    said = {"kind": RoundTicket.Kind.OMISSION, "by_id": actor.person_id, "at": now}
    RoundTicket.objects.get_or_create(round=row, ticket=ticket, defaults=said)
