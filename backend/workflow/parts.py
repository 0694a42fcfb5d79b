"""Asking something of somebody about a ticket, and ending it: the part, its timer, and what the event says of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import Q

from backend.deadlines.services import TimerDraft
from backend.organisation.models import Person, Unit
from backend.organisation.selectors.reachable import may_be_reached
from backend.rulebook.ruleset import ClockName, Confidentiality, span_parse
from backend.workflow.asked import dates_read, parts_asked
from backend.workflow.change import TicketChange
from backend.workflow.clocks import SUBJECT_KIND, Deadline, Instants, deadlines_of, rules_of, working_time_of
from backend.workflow.errors import DueTooSoon, UnknownPart
from backend.workflow.facts import parts_open
from backend.workflow.ledger import Sensitivity
from backend.workflow.models import PartOutcome, Recommendation, Ticket, TicketPart

NO_TIME = span_parse("0m")
PART_ASKED = dict.fromkeys(("part", "due_at"), Sensitivity.PLAIN)
"""The fields of an event by which something is asked."""
PART_ENDED = {"part": Sensitivity.PLAIN}
"""The fields of an event by which a part ends."""


def part_deadline(*, part: TicketPart, until: datetime | None, now: datetime) -> Deadline:
    """Return when a part is due: at a named instant, or (None) when the usual time of its kind is over.

    An office has as long to answer an offer as a new ticket of its severity has to be acknowledged, and as long to make
    a place safe as there is to act on one. Its rungs keep their times when the school's calendar changes: a date that
    was named stays that date.
    """
    ticket, clock = part.ticket, ClockName(part.kind)
    rules = rules_of(ticket)
    rule = rules[clock]
    if clock is ClockName.OFFER:
        rule = replace(rule, within=rules[ClockName.ACKNOWLEDGE].within)
    if part.makes_safe:
        rule = replace(rule, within=rules[ClockName.ACT].within)
    if until is not None:
        rule = replace(rule, within=NO_TIME)
    (deadline,) = deadlines_of(
        clocks={clock},
        rules={clock: rule},
        instants=Instants(filed_at=until or part.asked_at),
        working_time=partial(working_time_of, ticket, now),
    )
    return deadline


def part_ask(*, change: TicketChange, part: TicketPart, until: datetime | None, pointer: str = "/due_at") -> None:
    """Ask what a new part says, by an instant (raise DueTooSoon for one that is past) or within the usual time."""
    if until is not None and until <= change.now:
        raise DueTooSoon(pointer=pointer)
    part.due_at = _arm(change, part, until)
    parts_asked(change.ticket).append(part)
    change.ticket.part_count += 1
    change.keeps(part)
    change.says(part=str(part.id), due_at=part.due_at.isoformat())


def part_move(*, change: TicketChange, part: TicketPart, until: datetime, pointer: str = "/due_at") -> None:
    """Have an open part be due at another instant; raise DueTooSoon for one that is past."""
    if until <= change.now:
        raise DueTooSoon(pointer=pointer)
    change.stops_targets.append(str(part.id))
    part.due_at = _arm(change, part, until)
    change.keeps(part)
    change.says(part=str(part.id), due_at=part.due_at.isoformat())


def part_resume(*, change: TicketChange, part: TicketPart) -> None:
    """Have a part that ended be open again, due when it was."""
    part.outcome, part.answer, part.ended_at, part.ended_by = "", "", None, None
    part.due_at = _arm(change, part, part.due_at)
    asked = parts_asked(change.ticket)
    if part not in asked:
        asked.append(part)
    change.keeps(part)


def parts_resume(*, change: TicketChange, lapsed_at: datetime) -> None:
    """Have what lapsed with the ticket be asked again now that it goes on; an offer has to be made anew.

    Where it became strictly confidential meanwhile, no office that may not read it is asked for anything; and a leader
    who left meanwhile goes on with nothing.
    """
    here = Person.objects.filter(may_be_reached(at=change.now))
    not_again = Q(kind=ClockName.OFFER) | (Q(kind=ClockName.ADOPTION) & ~Q(person__in=here))
    lapsed = change.ticket.parts.filter(outcome=PartOutcome.LAPSED, ended_at=lapsed_at).exclude(not_again)
    if change.ticket.confidentiality == Confidentiality.K2:
        lapsed = lapsed.filter(office=None)
    for part in lapsed:
        part_resume(change=change, part=part)


def _arm(change: TicketChange, part: TicketPart, until: datetime | None) -> datetime:
    deadline = part_deadline(part=part, until=until, now=change.now)
    draft = TimerDraft(
        SUBJECT_KIND, part.ticket_id, deadline.clock, deadline.rungs, deadline.repeat, target=str(part.id)
    )
    change.arms.append(draft)
    return deadline.due_at


def part_end(*, change: TicketChange, part: TicketPart, outcome: PartOutcome, answer: str = "") -> None:
    """End an open part by whoever acts (None: the system); its timer stops, and whoever asked hears of it."""
    change.ends(part, outcome=outcome, answer=answer)
    change.says(part=str(part.id))
    if part.asked_by_id is not None:
        change.tells([part.asked_by_id])


def part_decided(
    *, change: TicketChange, office: Unit | None, words: str, outcome: PartOutcome = PartOutcome.DECIDED
) -> None:
    """Record a decision over whose the ticket is, or that there is none, as an offer that is over at once."""
    part = TicketPart(
        ticket=change.ticket,
        kind=ClockName.OFFER,
        office=office,
        asked_by_id=change.actor_id,
        asked_at=change.now,
        words=words,
        due_at=change.now,
        outcome=outcome,
        ended_by_id=change.actor_id,
        ended_at=change.now,
    )
    change.ticket.part_count += 1
    change.keeps(part)
    change.says(part=str(part.id))


def part_named(*, change: TicketChange, part_id: UUID | None, kind: ClockName, pointer: str) -> TicketPart:
    """Return the open part that is meant, or the only one of its kind; raise UnknownPart where there is none."""
    return part_among(parts=parts_open(change.situation, kind), part_id=part_id, pointer=pointer)


def part_among(*, parts: Iterable[TicketPart], part_id: UUID | None, pointer: str) -> TicketPart:
    """Return the one of some parts that is meant, or the only one; raise UnknownPart where there is none."""
    found = [part for part in parts if part_id is None or part.id == part_id]
    if len(found) != 1:
        raise UnknownPart(pointer=pointer)
    return found[0]


def parts_of(ticket: Ticket) -> list[TicketPart]:
    """Return everything that was asked about a ticket, the first first, and the dates named for what was promised.

    One that has nothing costs no statement.
    """
    if not ticket.part_count:
        return []
    named = ticket.parts.select_related("office", "person", "asked_by", "ended_by", "outside", "recommendation")
    parts = list(named.order_by("asked_at", "id"))
    dates_read(parts)
    return parts


def recommendation_of(part: TicketPart) -> Recommendation | None:
    """Return what a part recommends, as `parts_of` read it; None for what is no recommendation."""
    found: Recommendation | None = getattr(part, "recommendation", None)
    return found
