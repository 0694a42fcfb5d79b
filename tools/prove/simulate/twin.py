"""Everything that happens, done to the real system and told to the oracle, at the same virtual instant."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from backend.calendars.services.days import DayHours, calendar_clear_day, calendar_set_day
from backend.common.errors import DomainError
from backend.common.models import OutboxMessage
from backend.common.outbox import outbox_consume
from backend.deadlines.services import fire_due
from backend.deadlines.services.firing import SUBJECT_FIRINGS
from backend.duty.services import absence_add
from backend.organisation.actors import Actor
from backend.organisation.models import Person
from backend.organisation.services import calendar_import
from backend.workflow.action_input import said_from
from backend.workflow.actions import BY_NAME
from backend.workflow.errors import DeadlineMissed, WaitingUsedUp
from backend.workflow.models import Ticket, TicketPart
from backend.workflow.selectors import ticket_lock, ticket_lock_of_reporter
from backend.workflow.services import (
    TicketDraft,
    ticket_act_on,
    ticket_draw_up,
    ticket_open,
    ticket_wait_over,
    tickets_recompute,
    tickets_route,
)
from tools.prove.simulate.cases import Case
from tools.prove.simulate.firings import Key
from tools.prove.simulate.oracle import SOLVE, Oracle
from tools.prove.simulate.proofs import proof_add
from tools.prove.simulate.stage import SchoolStage
from tools.prove.simulate.watch import Watch

T = TypeVar("T")
NOTE = "Done, and seen to."
MOST_DRAINS = 1000
SEALED = "K2"
WORK = frozenset({"acknowledge", "record-interim-control", "start", "progress", "contain", "resolve", "fix-at-once"})
"""Whoever took one of these steps does not check the result."""


class Twin:
    """The real system and the oracle in step; `counts` says how much happened, `remarks` what differed on the way."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle
        self.counts: Counter[str] = Counter()
        self.remarks: list[str] = []
        self.watch: Watch | None = None

    def stage(self, stage: SchoolStage) -> None:
        """Tell the oracle of a school's calendar as it stands."""
        self.oracle.calendar(stage.school.id, stage.minutes())

    def file(
        self,
        *,
        stage: SchoolStage,
        reporter: Actor,
        category: str,
        at: datetime,
        pace: float = 1.0,
        place: UUID | None = None,
        answers: Mapping[str, str] = MappingProxyType({}),
    ) -> Case:
        """File a report; its ticket belongs to the intake office until it is routed."""
        draft = TicketDraft(category=category, place_id=place, occurred_at=at, description=NOTE, answers=answers)
        ticket = ticket_draw_up(actor=reporter, draft=draft, now=at)
        ticket_open(actor=reporter, ticket=ticket, answers=answers, now=at)
        told = self.oracle.filed(
            key=ticket.id, school=stage.school.id, category=category, place=place, answers=answers, at=at
        )
        if ticket.severity != told.severity:
            self.remarks.append(f"ticket {ticket.id} began as {ticket.severity}; the oracle says {told.severity}")
        told.office = ticket.owner.code
        self.counts["answers"] += len(answers)
        self.counts["tickets"] += 1
        return Case(stage, told, reporter, ticket.owner_id, ticket.confidentiality == SEALED, pace)

    def route(self, *, case: Case, at: datetime) -> None:
        """Route a ticket as the worker does; one that is over by then stays as it is."""
        tickets_route(ticket_ids=[case.told.key], now=at)
        ticket = self.stored(case)
        self.oracle.routed(case.told, office=self._office(case, ticket), at=at)
        self.seen(case, ticket)

    def act(self, *, case: Case, action: str, at: datetime, **given: Any) -> None:
        """Let whoever has to take a step; a refusal is a DomainError, and the oracle is told of nothing."""
        actor = case.actor_for(action)
        is_own = case.is_own(actor)
        if action in SOLVE:
            given["control"] = "engineered"
        ticket = self.acted(case.told.key, actor, action, at, given)
        if action in WORK:
            case.workers.add(actor)
        was_resolved = case.told.state == "resolved"
        self.oracle.acted(case.told, action, at, is_own=is_own)
        if was_resolved and case.told.state == "closed":
            key = _review_asked(case.told.key)
            self.oracle.asking.closed(case.told, key=key, by=actor.person_id, at=at)
        if action == "acknowledge" and is_own:
            case.told.assignee = actor.person_id
        if action == "contest-decline":
            case.told.office, case.told.assignee = ticket.owner.code, None  # until it is routed anew
        self.seen(case, ticket)
        self.counts["actions"] += 1

    def split(self, *, case: Case, at: datetime) -> Case:
        """Let a second problem become a ticket of its own: as confidential as the first one, counted from now."""
        first = case.told
        self.act(case=case, action="split", at=at)
        ticket = Ticket.objects.select_related("owner").get(filed_at=at, reporter=case.reporter.person_id)
        told = self.oracle.filed(
            key=ticket.id, school=first.school, category=first.category, place=first.place, at=at, kept=first.kept
        )
        told.secrecy, told.office = max(told.secrecy, first.secrecy), ticket.owner.code
        self.counts["tickets"] += 1
        return Case(case.stage, told, case.reporter, ticket.owner_id, case.is_sealed, case.pace)

    def prove(self, *, case: Case, at: datetime) -> None:
        """Let whoever works on a ticket add the photos and documents that its category asks for."""
        proofs = self.oracle.rulebook.proofs(case.told.category)
        proof_add(ticket_id=case.told.key, person_id=case.worker.person_id, proof=proofs, at=at)
        case.told.proofs |= dict.fromkeys(proofs, at)

    def solve(self, *, case: Case, at: datetime, action: str = "resolve") -> None:
        """Let somebody say that a ticket is solved, which is taken only with what proves it."""
        what = f"{action} of ticket {case.told.key} at {at}"
        self.expecting(
            self.oracle.asking.solve_refusal(case.told), what, partial(self.act, case=case, at=at, action=action)
        )

    def expecting(self, expected: str, what: str, act: Callable[[], T]) -> T | None:
        """Return what an act returns, None where it is refused; remark where that is not what the oracle expects."""
        try:
            done, found = act(), ""
        except DomainError as refusal:
            done, found = None, refusal.code
            self.counts["refusals"] += 1
        if found != expected:
            self.remarks.append(f"{what}: refused as {found or 'nothing'}; the oracle says {expected or 'nothing'}")
        return done

    def wait(self, *, case: Case, at: datetime) -> None:
        """Let a ticket wait for somebody outside, where it may; engine and oracle agree on whether it does."""
        may = self.oracle.may_wait(case.told, at)
        try:
            self.act(case=case, action="wait", at=at, waiting_for="The fire brigade")
        except (DeadlineMissed, WaitingUsedUp):
            self.counts["waits refused"] += 1
            refused = True
        else:
            self.counts["pauses"] += 1
            refused = False
        if may == refused:
            self.remarks.append(f"wait of ticket {case.told.key} at {at}: the oracle says {may}")

    def end_waits(self, at: datetime) -> None:
        """Let the worker take the messages that waits are over."""
        waits = list(OutboxMessage.objects.filter(topic="ticket.wait_over", done_at=None).order_by("id"))
        outbox_consume(topic="ticket.wait_over", handle=_end_waits, now=at)
        for message in waits:
            told = self.oracle.tickets[UUID(message.payload["ticket"])]
            self.oracle.wait_over(told, datetime.fromisoformat(message.payload["since"]))

    def redeliver(self, at: datetime) -> None:
        """Let the worker take every message about waits and routing a second time, as brokers do."""
        outbox_consume(topic="ticket.wait_over", handle=_end_waits, now=at)
        _end_waits(OutboxMessage.objects.filter(topic="ticket.wait_over", done_at__isnull=False), at)
        for told in self.oracle.tickets.values():
            if told.is_routed:
                tickets_route(ticket_ids=[told.key], now=at)

    def sweep(self, at: datetime) -> list[Key]:
        """Sweep until nothing is due any more, as the loops do; return what the oracle says that fired."""
        for _ in range(MOST_DRAINS):
            if fire_due(now=at).fired < SUBJECT_FIRINGS:  # no ticket had more to fire than one drain lets it
                break
        self.counts["sweeps"] += 1
        if self.watch is not None:
            self.watch.swept(at)
        return self.oracle.swept(at)

    def next_due(self) -> datetime | None:
        """Return when the oracle expects the next rung of anything."""
        watched = self.watch.ladders.next_due() if self.watch else None
        return min((due_at for due_at in (self.oracle.next_due(), watched) if due_at is not None), default=None)

    def set_day(self, *, stage: SchoolStage, day: date, row: dict[str, Any], at: datetime) -> None:
        """Let a school work differently on a day that its calendar says nothing of yet."""
        stage.document["days"].insert(0, {"first": day.isoformat(), "note": "Changed.", **row})
        opens, closes = (time.fromisoformat(row[key]) if key in row else None for key in ("opens", "closes"))
        hours = DayHours(row.get("works_as"), opens, closes, "Changed.")
        calendar_set_day(calendar=stage.calendar, day=day, hours=hours, today=at.date())
        self._edited(stage)

    def clear_day(self, *, stage: SchoolStage, day: date) -> None:
        """Take such a day back."""
        stage.document["days"] = [row for row in stage.document["days"] if row["first"] != day.isoformat()]
        calendar_clear_day(calendar=stage.calendar, day=day)
        self._edited(stage)

    def import_calendar(self, stage: SchoolStage) -> None:
        """Take the whole document of a school, as somebody changed it, into use."""
        calendar_import(school=stage.school, content=stage.document)
        self._edited(stage)

    def recompute(self, *, stage: SchoolStage, at: datetime) -> None:
        """Move running clocks to the calendar, as the worker does some time after a change."""
        tickets_recompute(school_id=stage.school.id, now=at, dry_run=False)
        self.oracle.recomputed(stage.school.id)

    def away(self, *, person_id: UUID, at: datetime, until: datetime) -> None:
        """Let somebody be away."""
        absence_add(person=Person.objects.get(id=person_id), starts_at=at, ends_at=until)
        if self.watch is not None:
            self.watch.away(person_id, at, until)
        self.counts["absences"] += 1

    def acted(self, key: UUID, actor: Actor, action: str, at: datetime, given: Mapping[str, Any]) -> Ticket:
        lock = ticket_lock_of_reporter if action in {"withdraw", "contest-decline", "confirm"} else ticket_lock
        chosen = BY_NAME[action]
        said = said_from(chosen.said, {"note": NOTE, **given})
        with transaction.atomic():
            return ticket_act_on(actor=actor, ticket_id=key, action=chosen, said=lambda: said, now=at, lock=lock)

    def stored(self, case: Case) -> Ticket:
        return Ticket.objects.select_related("owner").get(id=case.told.key)

    def _office(self, case: Case, ticket: Ticket) -> str:
        """Return the office that answers by the oracle, which knows neither grades nor who protects pupils."""
        lead = self.oracle.office(case.told)
        return ticket.owner.code if case.is_sealed or lead == "grade" else lead

    def seen(self, case: Case, ticket: Ticket) -> None:
        """Compare the office and the urgency of a ticket with the oracle's, and remember what people see of it."""
        told = case.told
        if (ticket.owner.code, ticket.severity) != (told.office, told.severity):
            found = f"with {ticket.owner.code} as {ticket.severity}"
            self.remarks.append(f"ticket {told.key} is {found}; the oracle says {told.office} and {told.severity}")
        case.owner_id = ticket.owner_id
        case.is_declining = ticket.declining_id is not None
        case.is_made_safe = ticket.interim_control_at is not None

    def _edited(self, stage: SchoolStage) -> None:
        self.oracle.calendar(stage.school.id, stage.minutes())
        self.counts["calendar edits"] += 1


def _review_asked(ticket_id: UUID) -> str:
    """Return the id of the review of a ticket's cause that was asked for; empty where none was."""
    asked = TicketPart.objects.filter(ticket=ticket_id, kind="review").values_list("id", flat=True).first()
    return str(asked) if asked else ""


def _end_waits(messages: Iterable[OutboxMessage], now: datetime) -> None:
    for message in messages:
        ticket_wait_over(payload=message.payload, now=now)
