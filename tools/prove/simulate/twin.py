"""Everything that happens, done to the real system and told to the oracle, at the same virtual instant."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.calendars.services.days import DayHours, calendar_clear_day, calendar_set_day
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
from backend.workflow.models import Ticket
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
from tools.prove.simulate.oracle import Oracle
from tools.prove.simulate.proofs import proof_add
from tools.prove.simulate.stage import SchoolStage

NOTE = "Done, and seen to."
MOST_DRAINS = 1000
SEALED = "K2"
WORK = frozenset({"acknowledge", "record-interim-control", "start", "progress", "contain", "resolve"})
"""Whoever took one of these steps does not check the result."""


class Twin:
    """The real system and the oracle in step; `counts` says how much happened, `remarks` what differed on the way."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle
        self.counts: Counter[str] = Counter()
        self.remarks: list[str] = []

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
        answers: Mapping[str, str] = MappingProxyType({}),
    ) -> Case:
        """File a report; its ticket belongs to the intake office until it is routed."""
        draft = TicketDraft(category=category, place_id=None, occurred_at=at, description=NOTE, answers=answers)
        ticket = ticket_draw_up(actor=reporter, draft=draft, now=at)
        ticket_open(actor=reporter, ticket=ticket, answers=answers, now=at)
        told = self.oracle.filed(key=ticket.id, school=stage.school.id, category=category, answers=answers, at=at)
        if ticket.severity != told.severity:
            self.remarks.append(f"ticket {ticket.id} began as {ticket.severity}; the oracle says {told.severity}")
        self.counts["answers"] += len(answers)
        self.counts["tickets"] += 1
        return Case(stage, told, reporter, ticket.owner_id, ticket.confidentiality == SEALED, pace)

    def route(self, *, case: Case, at: datetime) -> None:
        """Route a ticket as the worker does; one that is over by then stays as it is."""
        tickets_route(ticket_ids=[case.told.key], now=at)
        ticket = Ticket.objects.select_related("owner").get(id=case.told.key)
        case.owner_id = ticket.owner_id
        self.oracle.routed(case.told)
        self._check_office(case, ticket)

    def act(self, *, case: Case, action: str, at: datetime, **given: Any) -> None:
        """Let whoever has to take a step; a refusal is a DomainError, and the oracle is told of nothing."""
        actor = case.actor_for(action)
        if action == "resolve":
            proof = self.oracle.rulebook.categories[case.told.category].get("proof", ())
            proof_add(ticket_id=case.told.key, person_id=actor.person_id, proof=proof, at=at)
            given["control"] = "engineered"
        ticket = self._acted(case.told.key, actor, action, at, given)
        case.owner_id = ticket.owner_id
        case.is_declining = ticket.declining_id is not None
        case.is_made_safe = ticket.interim_control_at is not None
        if action in WORK:
            case.workers.add(actor)
        if action == "reclassify":
            was = case.told.category
            self.oracle.reclassified(case.told, category=ticket.category, severity=ticket.severity, at=at)
            if case.told.is_routed and ticket.category != was:
                self._check_office(case, ticket)
        else:
            self.oracle.acted(case.told, action, at)
        self.counts["actions"] += 1

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
        return self.oracle.swept(at)

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
        self.counts["absences"] += 1

    def _acted(self, key: UUID, actor: Actor, action: str, at: datetime, given: dict[str, Any]) -> Ticket:
        lock = ticket_lock_of_reporter if action in {"withdraw", "contest-decline"} else ticket_lock
        chosen = BY_NAME[action]
        said = said_from(chosen.said, {"note": NOTE, **given})
        with transaction.atomic():
            return ticket_act_on(actor=actor, ticket_id=key, action=chosen, said=lambda: said, now=at, lock=lock)

    def _check_office(self, case: Case, ticket: Ticket) -> None:
        """Compare the office of a ticket with the oracle's, which knows neither grades nor who protects pupils."""
        lead = self.oracle.office(case.told)
        is_known = case.told.state != "closed" and not case.is_sealed and lead != "grade"
        if is_known and ticket.owner.code != lead:
            self.remarks.append(f"ticket {case.told.key} is with {ticket.owner.code}; the oracle says {lead}")

    def _edited(self, stage: SchoolStage) -> None:
        self.oracle.calendar(stage.school.id, stage.minutes())
        self.counts["calendar edits"] += 1


def _end_waits(messages: Iterable[OutboxMessage], now: datetime) -> None:
    for message in messages:
        ticket_wait_over(payload=message.payload, now=now)
