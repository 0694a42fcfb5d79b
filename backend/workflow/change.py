"""The one writer of tickets: whatever changes one, a person or the system, changes it through here and in one order.

Lock, clocks before, effect, version, timers, event, save, outbox: the caller locks the ticket, a `TicketChange` notes
its clocks, the caller changes it and lets the change `settle`, and `changes_store` writes any number of them at once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Model

from backend.common.outbox import OutboxDraft, outbox_add
from backend.common.sql.statements import RowInsert, RowUpdate
from backend.deadlines.services import TimerDraft
from backend.duty.reach import Reached
from backend.organisation.actors import Actor, AnonymousReporter, OnBehalf, Principal
from backend.rulebook.ruleset import ClockName
from backend.workflow.beside import Beside, beside_store
from backend.workflow.clocks import clocks_of
from backend.workflow.facts import Situation
from backend.workflow.following_up import following, stood_of
from backend.workflow.granting import grants_store
from backend.workflow.ledger import SERVICE, UNNAMED, EventType, Recorded, event_chain, events_writes, filed_of
from backend.workflow.models import PartOutcome, Ticket, TicketEvent, TicketGrant, TicketPart
from backend.workflow.news import news_drafts
from backend.workflow.policy import needs_grant
from backend.workflow.states import CLOCKS_ARMED, State
from backend.workflow.system_events import LAPSED
from backend.workflow.timer_plan import (
    NO_CLOCKS,
    TimerPlan,
    clocks_before,
    parts_time,
    plan_following,
    plan_renewing,
    plans_writes,
)
from backend.workflow.words_follow import words_follow_changes

MUTABLE = (
    *("category", "kind", "severity", "confidentiality", "seal", "lowering", "place", "updated_at"),
    *("state", "version", "owner", "assignee", "workers", "interim_control_at", "contained_at", "progress_at"),
    "silent_from",
    *("resolved_at", "closed_at", "confirmed_at", "reopened_at"),
    *("declined_at", "declining", "last_wait", "part_count", "affected_count", "untold_count"),
    *("level", "paged", "next_due_at", "event_count", "event_hash"),
)
"""The columns of a ticket that can change after it was opened."""
ANSWERED = frozenset(
    {ClockName.ORDER, ClockName.SUBTASK, ClockName.QUESTION, ClockName.DECISION, ClockName.RECOMMENDATION}
)
"""The kinds of what is asked about a ticket for which somebody waits, even once it is over."""
CHANGED = RowUpdate(Ticket, *MUTABLE)


class TicketChange:
    """One change of one locked ticket at one instant, by a person or by the system.

    Whoever changes the ticket notes here what the event says besides (`says`), who hears of it (`tells`), whether the
    deadlines are to be computed anew (`renews_timers`), from when its work goes on if not from now (`goes_on_from`),
    that it is offered on (`is_passed_on`), what follows the commit (`after`). What changes with it is stored too.
    """

    def __init__(
        self, *, ticket: Ticket, by: Principal, now: datetime, moves: bool = True, is_new: bool = False
    ) -> None:
        """Take a locked ticket as it is before the change, or a new one that is not stored yet.

        A change that only adds events (`moves` False) leaves the ticket's version and its timers as they are.
        """
        self.ticket = ticket
        self.now = now
        self.by = by
        self.body: dict[str, Any] = {}
        self.people: set[UUID] = set()
        self.recorded: list[Recorded] = []
        self.grants: list[TicketGrant] = []
        self.beside: list[Beside] = []
        self.arms: list[TimerDraft] = []
        self.stops_targets: list[str] = []
        self.others: list[TicketChange] = []
        self.news_elsewhere: dict[UUID, set[UUID]] = {}
        self.after: list[OutboxDraft] = []
        self.renews_timers = self.is_to_be_routed = self.is_passed_on = False
        self.plan: TimerPlan | None = None
        self._moves = moves
        self._is_new = is_new
        self.goes_on_from = now
        self._is_owner_heard = False
        self._before = clocks_before(ticket) if moves and not is_new else NO_CLOCKS
        self.stood = None if is_new else stood_of(ticket)

    @cached_property
    def situation(self) -> Situation:
        """The ticket at the instant of the change, as facts see it."""
        timers = () if self._is_new else None
        return Situation(ticket=self.ticket, now=self.now, timers=timers, actor_id=self.actor_id)

    @property
    def actor(self) -> Actor:
        """The person who takes an action; to ask for one where the system acts is a program error."""
        if not isinstance(self.by, Actor):
            raise TypeError("the system takes no action of a person")
        return self.by

    @property
    def actor_id(self) -> UUID | None:
        """The person's id; None for the system and for whoever gave no name."""
        return self.by.person_id if isinstance(self.by, Actor | OnBehalf) else None

    def says(self, **fields: Any) -> None:
        """Add fields to what the event says; each has to be declared by the event's type."""
        self.body |= fields

    def tells(self, people: Iterable[UUID]) -> None:
        """Have these people hear of the change."""
        self.people.update(people)

    def tells_of(self, ticket_id: UUID, people: Iterable[UUID]) -> None:
        """Have these people hear of the change as news of another ticket, by which they know the matter."""
        self.news_elsewhere.setdefault(ticket_id, set()).update(people)

    def opens_to(self, answers: Sequence[Reached], reason: TicketGrant.Reason) -> None:
        """Open the ticket, as it has become, to those who are told in a role that does not open it by itself."""
        self.grants += _grants_for(self.ticket, answers, reason, self.now)

    @property
    def opened_to(self) -> list[str]:
        """The ids of those to whom the change opens the ticket, as its event says them."""
        return [str(grant.person_id) for grant in self.grants]

    def owner_heard(self) -> None:
        """Note an act of the owner's own: silence counts from now, or from the date they named for the next step."""
        steps = [part.due_at for part in self.situation.parts if part.kind == ClockName.STEP]
        self.ticket.silent_from = max([self.now, *steps])
        self._is_owner_heard = True

    def worked(self) -> None:
        """Remember that the actor worked on the ticket, since nobody checks their own work."""
        self.worked_by(self.actor.person_id)

    def worked_by(self, person_id: UUID) -> None:
        """Remember that somebody worked on the ticket."""
        if person_id not in self.ticket.workers:
            self.ticket.workers = [*self.ticket.workers, person_id]

    def keeps(self, row: Beside) -> None:
        """Have a row of the ticket's own that is new, or has become another, stored with the change."""
        if row not in self.beside:
            self.beside.append(row)

    def ends(self, part: TicketPart, *, outcome: PartOutcome, answer: str = "") -> None:
        """Have an open part end, and its timer stop."""
        part.outcome, part.answer, part.ended_at, part.ended_by_id = outcome, answer, self.now, self.actor_id
        self.stops_targets.append(str(part.id))
        self.keeps(part)

    def routes_again(self) -> None:
        """Have the ticket, which is received, be routed after the commit."""
        self.is_to_be_routed = True

    def with_others(self) -> list["TicketChange"]:
        """Return it and what it changes in other tickets."""
        return [self, *(each for other in self.others for each in other.with_others())]

    def settle(self, event: EventType, *, restarts: frozenset[ClockName] = frozenset()) -> None:
        """Bring version and timers in step with what the ticket has become, and chain the event that says so."""
        if self._moves:
            self.ticket.version += 1
            if self.ticket.part_count and not CLOCKS_ARMED[State(self.ticket.state)]:
                self._lapse_parts()
            self.settle_timers(restarts=restarts)
        elif self._is_owner_heard:
            self._before = clocks_before(self.ticket)  # as they were: a remark changes none of what decides it
            self.settle_timers()
        self.record(event, **self.body)

    def settle_timers(self, *, restarts: frozenset[ClockName] = frozenset()) -> None:
        """Plan the ticket's timers by what it has become; remarks on the new deadlines go into the event."""
        if self._is_owner_heard:
            restarts |= {ClockName.SILENCE}
        elif ClockName.SILENCE in clocks_of(self.ticket) - self._before.running:
            self.ticket.silent_from = self.goes_on_from
        if self.renews_timers:
            self.plan = plan_renewing(situation=self.situation, before=self._before, restarts=restarts)
        else:
            self.plan = plan_following(situation=self.situation, before=self._before, restarts=restarts)
        parts_due = [part.due_at for part in self.situation.parts]
        self.plan.settle_ticket(parts_due=parts_due, parts_changed=bool(self.arms or self.stops_targets))
        self.body |= self.plan.remarks()
        self.wait_until(self.plan.wait_until)

    def _lapse_parts(self) -> None:
        """Have what is asked for the case at hand be over; whoever waits for an answer hears that none comes."""
        lapsed = [part for part in self.situation.parts if not part.outlives_ticket]
        for part in lapsed:
            self.ends(part, outcome=PartOutcome.LAPSED)
        unanswered = [part for part in lapsed if part.kind in ANSWERED]
        waiting = {part.asked_by_id for part in unanswered if part.asked_by_id} - {self.actor_id, *self.people}
        if waiting:
            self.record(LAPSED, parts=[str(part.id) for part in unanswered])
            self.after += changed_drafts(event=self.recorded[-1].event, people=waiting)

    def wait_until(self, until: datetime | None) -> None:
        """Have the present wait, if there is one, be over by itself at another instant; None leaves it as it is."""
        wait = self.ticket.wait
        if wait and until and wait.until != until:
            wait.until = until
            self.keeps(wait)

    def record(self, event: EventType, **body: Any) -> None:
        """Chain an event; the last one of a change carries the news of it, the first one of a ticket what was filed."""
        self.ticket.updated_at = self.now
        if isinstance(self.by, Actor) and self.by.through:
            body[SERVICE] = {"id": str(self.by.through.id), "name": self.by.through.name}
        elif isinstance(self.by, AnonymousReporter):
            body[UNNAMED] = True
        filed = filed_of(ticket=self.ticket, place_id=self.ticket.place_id) if self._is_new else None
        self.recorded.append(
            event_chain(ticket=self.ticket, event=event, at=self.now, actor_id=self.actor_id, body=body, filed=filed)
        )

    def drafts(self) -> list[OutboxDraft]:
        """Return what has to happen after the commit: each subscriber hears of the change, then what follows."""
        last = self.recorded[-1].event
        routing = [routing_draft(event=last)] if self.is_to_be_routed else []
        elsewhere = news_drafts(event=last, told=self.people, news=self.news_elsewhere) if self.news_elsewhere else []
        return [*changed_drafts(event=last, people=self.people), *elsewhere, *routing, *self.after]


def changes_store(*, changes: Sequence[TicketChange], now: datetime) -> None:
    """Store settled changes of any number of stored tickets: their timers, events, columns and outbox rows."""
    if not changes:
        return
    plans = [change.plan for change in changes if change.plan]
    timers = plans_writes(plans=plans, now=now) if plans else []
    if rows := [row for change in changes for row in change.beside]:
        beside_store(rows)
    if timed := [change for change in changes if change.arms or change.stops_targets]:
        stops = [(change.ticket.id, target) for change in timed for target in change.stops_targets]
        parts_time(stops=stops, arms=[draft for change in timed for draft in change.arms], now=now)
    if grants := [grant for change in changes for grant in change.grants]:
        grants_store(grants, now)
    events = events_writes([recorded for change in changes for recorded in change.recorded])
    changed = CHANGED.of(change.ticket for change in changes)
    follows = following(changes, now)
    drafts = [*(draft for change in changes for draft in change.drafts()), *follows.drafts]
    outbox_add(drafts=drafts, now=now, beside=[*timers, *events, changed, *follows.writes])
    words_follow_changes(changes)


def change_store_new(*, change: TicketChange, beside: Sequence[Model] = ()) -> None:
    """Store the settled change that opens a ticket, whose one event is its first, and new rows beside it."""
    (opened,) = change.recorded
    timers = plans_writes(plans=[change.plan], now=change.now) if change.plan else []
    rows = (change.ticket, opened.event, opened.payload, *beside)
    follows = following([change], change.now)
    writes = [*timers, *(_insert_of(type(row)).of(row) for row in rows), *follows.writes]
    outbox_add(drafts=[*change.drafts(), *follows.drafts], now=change.now, beside=writes)


@cache
def _insert_of(model: type[Model]) -> RowInsert:
    return RowInsert(model)


def changed_drafts(*, event: TicketEvent, people: Iterable[UUID]) -> list[OutboxDraft]:
    """Return one outbox row for each subscriber of ticket changes; its key is the subscriber and the event.

    `settings.TICKET_SUBSCRIBERS` names them; one that hears only of changes somebody is told about gets no other.
    """
    told = sorted(str(person_id) for person_id in people)
    payload = {"ticket": str(event.ticket_id), "event": str(event.id), "kind": event.kind, "people": told}
    return [
        OutboxDraft(topic=f"ticket.changed:{name}", dedup_key=f"{name}:{event.id}", payload=payload)
        for name, hears in settings.TICKET_SUBSCRIBERS.items()
        if told or hears == "all"
    ]


def routing_draft(*, event: TicketEvent) -> OutboxDraft:
    """Return the outbox row that has a received ticket routed because of an event."""
    return OutboxDraft(topic="ticket.opened", dedup_key=f"opened:{event.id}", payload={"ticket": str(event.ticket_id)})


def _grants_for(
    ticket: Ticket, answers: Iterable[Reached], reason: TicketGrant.Reason, now: datetime
) -> list[TicketGrant]:
    """Return a grant, not stored yet, for each person found in a role that does not open the ticket by itself."""
    found = {
        person: answer.role
        for answer in answers
        for person in answer.people
        if answer.role and needs_grant(role=answer.role, confidentiality=ticket.confidentiality, level=ticket.level)
    }
    return [TicketGrant(ticket=ticket, person_id=p, role=role, reason=reason, since=now) for p, role in found.items()]
