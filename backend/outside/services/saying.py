"""Noting what somebody says on a report to somebody outside: it was made, followed up, or does not apply."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.common.errors import NotFound
from backend.common.outbox import outbox_add
from backend.deadlines.services import timers_arm, timers_stop_targets
from backend.organisation.actors import Actor
from backend.organisation.models import Person
from backend.organisation.permissions import Permission
from backend.outside.errors import (
    DutyNotTold,
    DutySettled,
    NotForTelling,
    ToldBeforeEvent,
    ToldInFuture,
    UnknownCaller,
    UnknownWord,
)
from backend.outside.models import OutsideDuty, OutsideWord
from backend.outside.news import named
from backend.outside.selectors.duties import may_tell
from backend.outside.services.following import duties_beside
from backend.outside.starting import SUBJECT_KIND, due_after_first, duty_of, timer_of
from backend.rulebook.selectors import ruleset_get
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.models import Ticket
from backend.workflow.selectors import ticket_lock, tickets_with_school
from backend.workflow.system_events import OUTSIDE_SAID

Kind, State = OutsideWord.Kind, OutsideDuty.State


@dataclass(frozen=True, slots=True)
class Said:
    """The word of somebody on a report: of which kind, and what they say of when, how, by whom and to whom."""

    kind: OutsideWord.Kind
    at: datetime | None = None
    caller_id: UUID | None = None
    whom: str = ""
    way: str = ""
    reference: str = ""
    words: str = ""
    corrects: UUID | None = None


@transaction.atomic
def word_say(*, actor: Actor, ticket_id: UUID, duty_id: UUID, said: Callable[[], Said], now: datetime) -> OutsideDuty:
    """Note a word on a report; nobody's leave is asked, and a correction leaves what it corrects as it is.

    The word is read only once it is known that the report is there, and theirs to speak of.
    """
    ticket, duty = duty_lock(actor=actor, ticket_id=ticket_id, duty_id=duty_id)
    word = said()
    row = _word(actor, ticket, duty, word, now)
    became = _becomes(actor, duty, word)
    row.save(force_insert=True)
    was = duty.state
    duty.state, duty.said_count = became, row.number
    duty.settled_at = None if became == State.OPEN else duty.settled_at or now
    duty.save(update_fields=["state", "settled_at", "said_count"])
    _keep_time(duty, was, now)
    _record(actor, ticket, duty, row, now)
    if was != became == State.TOLD:
        _goes_on(ticket, duty, now)
    return duty


def duty_lock(*, actor: Actor, ticket_id: UUID, duty_id: UUID) -> tuple[Ticket, OutsideDuty]:
    """Return a ticket and a report of it, under the ticket's lock, for whoever may speak of it; raise NotFound."""
    ticket = ticket_held(actor=actor, ticket_id=ticket_id)
    duty = OutsideDuty.objects.filter(id=duty_id, ticket=ticket_id).first()
    if duty is None:
        raise NotFound
    duty.ticket = ticket
    return ticket, duty


def ticket_held(*, actor: Actor, ticket_id: UUID) -> Ticket:
    """Return a ticket under its lock for whoever notes what was told of it; raise NotFound or NotForTelling."""
    seen = ticket_lock(actor=actor, ticket_id=ticket_id)
    if not may_tell(actor=actor, ticket=seen):
        raise NotForTelling
    return tickets_with_school(ticket_ids=[ticket_id])[ticket_id]


def _word(actor: Actor, ticket: Ticket, duty: OutsideDuty, said: Said, now: datetime) -> OutsideWord:
    tells = said.kind in {Kind.TOLD, Kind.FOLLOWED_UP}
    at = said.at or now
    if at > now:
        raise ToldInFuture(pointer="/at")
    if at < ticket.occurred_at:
        raise ToldBeforeEvent(pointer="/at")
    caller_id = (said.caller_id or actor.person_id) if tells else None
    if caller_id and not Person.objects.filter(id=caller_id, school=ticket.school_id).exists():
        raise UnknownCaller(pointer="/caller")
    return OutsideWord(
        duty=duty,
        number=duty.said_count + 1,
        kind=said.kind,
        corrects=_corrected(duty, said),
        at=at,
        caller_id=caller_id,
        whom=said.whom,
        way=(said.way or ruleset_get(duty.rulebook_id).outside_clocks[duty.clock].tell(duty.tell).way) if tells else "",
        reference=said.reference,
        words=said.words,
        by_id=actor.person_id,
        recorded_at=now,
    )


def _corrected(duty: OutsideDuty, said: Said) -> OutsideWord | None:
    if said.corrects is None:
        return None
    found = duty.words.filter(id=said.corrects, kind=said.kind, corrected_by=None).first()
    if found is None:
        raise UnknownWord(pointer="/corrects")
    return found


def _becomes(actor: Actor, duty: OutsideDuty, said: Said) -> str:
    """Return what a report is after a word; refuse what makes no sense of it as it stands."""
    if said.kind in {Kind.NOT_APPLICABLE, Kind.APPLIES}:
        actor.require(Permission.OUTSIDE_JUDGE)
    if said.corrects is not None:
        return duty.state
    if said.kind is Kind.TOLD:
        if duty.state == State.TOLD:
            raise DutySettled
        return State.TOLD
    if said.kind is Kind.NOT_APPLICABLE:
        if duty.state != State.OPEN:
            raise DutySettled
        return State.NOT_APPLICABLE
    wanted = State.TOLD if said.kind is Kind.FOLLOWED_UP else State.NOT_APPLICABLE
    if duty.state != wanted:
        raise DutyNotTold
    return State.TOLD if said.kind is Kind.FOLLOWED_UP else State.OPEN


def _keep_time(duty: OutsideDuty, was: str, now: datetime) -> None:
    """Have the timer stop with the word that settles a report, and run again, due as ever, once it applies."""
    if was == State.OPEN != duty.state:
        targets = [str(duty.id)]
        timers_stop_targets(
            subject_kind=SUBJECT_KIND, subject_id=duty.ticket_id, targets=targets, now=now, reason=duty.state
        )
    elif was != State.OPEN == duty.state:
        timers_arm(drafts=[timer_of(duty, ruleset_get(duty.rulebook_id))], now=now)


def _record(actor: Actor, ticket: Ticket, duty: OutsideDuty, row: OutsideWord, now: datetime) -> None:
    change = TicketChange(ticket=ticket, by=actor, now=now, moves=False)
    change.says(duty=str(duty.id), clock=duty.clock, to=dict(named(duty)), word=str(row.id), what=row.kind)
    if row.caller_id:
        change.says(told_at=row.at.isoformat(), way=row.way, caller=str(row.caller_id))
    if row.corrects_id:
        change.says(corrects=str(row.corrects_id))
    change.says(**{name: text for name in ("whom", "reference") if (text := getattr(row, name))})
    if row.words:
        change.says(said=row.words)
    change.settle(OUTSIDE_SAID)
    changes_store(changes=[change], now=now)


def _goes_on(ticket: Ticket, duty: OutsideDuty, now: datetime) -> None:
    """Have the reports start that follow a first one."""
    clock = ruleset_get(duty.rulebook_id).outside_clocks[duty.clock]
    found = due_after_first(clock, clock.tell(duty.tell))
    had = set(OutsideDuty.objects.filter(ticket=ticket.id, clock=duty.clock).values_list("tell", "recipient"))
    new = [
        duty_of(due, ticket=ticket, cause=OutsideDuty.Cause.FIRST_TOLD, number=1, now=now)
        for due in found
        if (due.tell.key, due.recipient) not in had
    ]
    duties_store(new, now)


def duties_store(duties: list[OutsideDuty], now: datetime) -> None:
    """Store reports that start by themselves, with their timers and the news of them."""
    found = duties_beside(duties, now)
    if found.writes:
        outbox_add(drafts=found.drafts, now=now, beside=found.writes)
