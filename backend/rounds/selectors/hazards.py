"""The hazard register of a school: a view of its tickets, of which nothing is kept twice.

It holds what is open to everybody and always was, as far as its reader may know of it. Which round found something is
told only to those to whom the ticket opens its reporter's name, since few are asked in a round; to everybody else it
is the report that it also was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from backend.common.sql.statements import AlternativesQuerySet
from backend.deadlines.selectors import timers_of
from backend.organisation.actors import Actor
from backend.organisation.models import Person
from backend.rounds.hazard_rules import OF_STATE, FoundBy, HazardState, hazard_state
from backend.rounds.models import OutsideFinding, Round, RoundTicket
from backend.rounds.selectors.showing import rounds_known
from backend.rounds.selectors.tickets import FINDING, tells_reporter
from backend.rulebook.ruleset import ClockName, Confidentiality, Kind
from backend.workflow.actions.confirm import CONFIRM
from backend.workflow.actions.fix_at_once import FIX_AT_ONCE
from backend.workflow.actions.record_interim_control import RECORD_INTERIM_CONTROL
from backend.workflow.actions.reopen import REOPEN
from backend.workflow.actions.resolve import RESOLVE
from backend.workflow.actions.verify import VERIFY
from backend.workflow.as_reporter import is_reporters_own
from backend.workflow.asked import parts_read
from backend.workflow.clocks import OWN, SUBJECT_KIND
from backend.workflow.models import Attachment, Ticket, TicketEvent, TicketFix
from backend.workflow.overdue import timers_late
from backend.workflow.selectors import tickets_with_names
from backend.workflow.sight import tickets_known
from backend.workflow.states import State

SIGNING = (VERIFY.name, CONFIRM.name)
"""The events by which a hazard is signed off: somebody else looked, or whoever reported it did."""
MEASURES = (RECORD_INTERIM_CONTROL.name, RESOLVE.name, FIX_AT_ONCE.name)
"""The events that say what is done against a hazard; the latest counts."""


@dataclass(frozen=True, slots=True)
class Hazard:
    """One line of the register. `signed_by` is empty where the name would tell who reported it."""

    ticket: Ticket
    state: HazardState
    found_by: FoundBy
    round: Round | None
    outside: OutsideFinding | None
    measure: str
    control: str
    due_at: datetime | None
    is_overdue: bool
    files: int
    signed_by: str
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class HazardTotals:
    """The sums of the register as somebody sees it."""

    open: int
    put_right: int
    signed_off: int
    dropped: int
    overdue: int


def hazards_known(*, actor: Actor) -> AlternativesQuerySet[Ticket]:
    """Return the tickets of the register that somebody may know of by office, assignment or post; no exercises.

    What was merged into another one is not among them: the other one stands there.
    """
    hazards = tickets_known(actor=actor, as_reporter=False).filter(
        kind=Kind.HAZARD, confidentiality=Confidentiality.K0, seal=Confidentiality.K0, is_exercise=False
    )
    return tickets_with_names(actor=actor, tickets=hazards.exclude(state=State.MERGED))


def late_of(*, now: datetime) -> Exists:
    """Return the condition for hazards whose time to be put right is over."""
    return Exists(timers_late(clock=ClockName.RESOLVE, now=now).filter(subject_id=OuterRef("id")))


def hazard_totals(*, tickets: AlternativesQuerySet[Ticket], now: datetime) -> HazardTotals:
    """Return the sums of these hazards; one statement."""
    plain = Ticket.objects.filter(id__in=tickets.order_by().values("id")).annotate(late=late_of(now=now))
    sums = {state.value: Count("id", filter=where) for state, where in OF_STATE.items()}
    return HazardTotals(
        **plain.aggregate(**sums, overdue=Count("id", filter=Q(late=True) & OF_STATE[HazardState.OPEN]))
    )


def hazards_of(*, actor: Actor, tickets: Sequence[Ticket], now: datetime) -> list[Hazard]:
    """Return these tickets as lines of the register; the number of statements does not depend on how many they are."""
    ids = [ticket.id for ticket in tickets]
    if not ids:
        return []
    events = _latest_events(ids)
    beside = _Beside(
        rounds=_rounds_of(actor, ids, now),
        outside=_outside_of(ids),
        due=_due_of(ids),
        fixes={fix.ticket_id: fix for fix in TicketFix.objects.filter(ticket__in=ids, undone_at=None)},
        files=_files_of(ids),
        events=events,
        names=_names(event.actor_id for (_, is_signing), event in events.items() if is_signing),
    )
    parts_read(tickets)
    return [beside.line(actor, ticket, now) for ticket in tickets]


@dataclass(frozen=True, slots=True)
class _Beside:
    """The rows beside some tickets, by the ticket."""

    rounds: Mapping[UUID, Round]
    outside: Mapping[UUID, OutsideFinding]
    due: Mapping[UUID, datetime]
    fixes: Mapping[UUID, TicketFix]
    files: Mapping[UUID, int]
    events: Mapping[tuple[UUID, bool], TicketEvent]
    names: Mapping[UUID, str]

    def line(self, actor: Actor, ticket: Ticket, now: datetime) -> Hazard:
        """Return one ticket as a line of the register."""
        state, is_told = hazard_state(ticket), tells_reporter(actor, ticket)
        row = self.rounds.get(ticket.id) if is_told else None
        due_at = self.due.get(ticket.id) if state is HazardState.OPEN else None
        fix, outside = self.fixes.get(ticket.id), self.outside.get(ticket.id)
        signed = self.events.get((ticket.id, True)) if state is HazardState.SIGNED_OFF else None
        is_named = signed is not None and (is_told or not is_reporters_own(event=signed, ticket=ticket))
        return Hazard(
            ticket=ticket,
            state=state,
            found_by=FoundBy.OUTSIDE if outside else FoundBy.ROUND if row else FoundBy.REPORT,
            round=row,
            outside=outside,
            measure=_note(self.events.get((ticket.id, False))),
            control=str(fix.get_control_display()) if fix and fix.control else "",
            due_at=due_at,
            is_overdue=due_at is not None and due_at < now,
            files=self.files.get(ticket.id, 0),
            signed_by=self.names.get(signed.actor_id, "") if signed and signed.actor_id and is_named else "",
            signed_at=ticket.closed_at if signed else None,
        )


def _rounds_of(actor: Actor, ids: Sequence[UUID], now: datetime) -> dict[UUID, Round]:
    known = rounds_known(actor=actor, now=now).values("id")
    links = RoundTicket.objects.filter(ticket__in=ids, kind=FINDING, round__in=known)
    return {link.ticket_id: link.round for link in links.select_related("round__unit", "round__school").order_by("at")}


def _outside_of(ids: Sequence[UUID]) -> dict[UUID, OutsideFinding]:
    found = OutsideFinding.objects.filter(ticket__in=ids).select_related("visit", "reply")
    return {one.ticket_id: one for one in found}


def _files_of(ids: Sequence[UUID]) -> dict[UUID, int]:
    there = Attachment.objects.filter(ticket__in=ids, file__removed_at=None)
    return dict(there.values_list("ticket").annotate(Count("file")))


def _due_of(ids: Sequence[UUID]) -> dict[UUID, datetime]:
    timers = timers_of(subject_kind=SUBJECT_KIND, subject_ids=ids, target=OWN)
    return {timer.subject_id: timer.ladder[0] for timer in timers.filter(clock=ClockName.RESOLVE, armed=True)}


def _latest_events(ids: Sequence[UUID]) -> dict[tuple[UUID, bool], TicketEvent]:
    """Return the latest event of each ticket that says what was done, and (True) the one that signed it off.

    That is the first since it was opened again: a reporter may confirm what somebody else has signed off.
    """
    kinds = [*MEASURES, *SIGNING, REOPEN.name]
    events = TicketEvent.objects.filter(ticket__in=ids, kind__in=kinds).select_related("payload")
    found: dict[tuple[UUID, bool], TicketEvent] = {}
    for event in events.order_by("ticket", "sequence"):
        if event.kind == REOPEN.name:
            found.pop((event.ticket_id, True), None)
        elif event.kind in SIGNING:
            found.setdefault((event.ticket_id, True), event)
        else:
            found[event.ticket_id, False] = event
    return found


def _names(people: Iterable[UUID | None]) -> dict[UUID, str]:
    return dict(Person.objects.filter(id__in=[one for one in people if one]).values_list("id", "name"))


def _note(event: TicketEvent | None) -> str:
    payload: Any = getattr(event, "payload", None)
    return str(payload.body.get("note", "")) if payload else ""
