"""Starting a response plan on a ticket, and ending it; each in one transaction with the ticket's ledger."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.common.errors import NotFound
from backend.deadlines.services import TimerDraft, timers_arm, timers_stop_targets
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.response.asking import Asked
from backend.response.errors import ResponseOver, ResponseSealed, ResponseTicketOver, UnknownPlan
from backend.response.models import Response, ResponseTask
from backend.response.news import Told, news_drafts
from backend.response.selectors.plans import approvals_of, day_at, ground_load, lacks_of
from backend.response.words import named
from backend.rulebook.response_rules import ResponsePlan
from backend.rulebook.ruleset import Confidentiality
from backend.rulebook.selectors import active_version_id, ruleset_get
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.models import Ticket
from backend.workflow.selectors import ticket_lock, tickets_with_school
from backend.workflow.states import OVER
from backend.workflow.system_events import RESPONSE_ENDED, RESPONSE_STARTED

SUBJECT_KIND = "response"
CLOCK = "response"


@transaction.atomic
def response_start(*, actor: Actor, ticket_id: UUID, code: Callable[[], str], now: datetime) -> Response:
    """Start a plan on a ticket that the actor may see; where it runs already, return it: two at once are one.

    What it lacks is noted and told, and keeps nobody from starting it. The code is read only once it is known that the
    ticket is there, and theirs to act on.
    """
    ticket_lock(actor=actor, ticket_id=ticket_id)
    actor.require(Permission.RESPONSES_START)
    ticket = tickets_with_school(ticket_ids=[ticket_id])[ticket_id]
    if ticket.school_id != actor.school_id:
        raise NotFound
    version_id, plan = _plan(ticket, code())
    running = Response.objects.filter(ticket=ticket_id, plan=plan.code, ended_at=None).first()
    return running or plan_run(actor=actor, ticket=ticket, version_id=version_id, plan=plan, now=now)


def _plan(ticket: Ticket, code: str) -> tuple[int, ResponsePlan]:
    """Return a plan of the rules of a ticket, or of those its school works by now, with their version."""
    if ticket.confidentiality == Confidentiality.K2:
        raise ResponseSealed
    if ticket.state in OVER:
        raise ResponseTicketOver
    for version_id in (ticket.rulebook_id, active_version_id(school_id=ticket.school_id)):
        plan = ruleset_get(version_id).response_plans.get(code) if version_id else None
        if version_id and plan:
            return version_id, plan
    raise UnknownPlan(pointer="/plan")


def plan_run(*, actor: Actor, ticket: Ticket, version_id: int, plan: ResponsePlan, now: datetime) -> Response:
    """Have the steps of a plan be asked now, each with a timer of its own, on a ticket that is held."""
    ground = ground_load(
        school_id=ticket.school_id, now=now, place_id=ticket.place_id, excluding=sorted(ticket.concerned or ())
    )
    asked = ground.asked_by(plan)
    # Said as on the plan's own page: what it lacks here alone would tell whom the ticket concerns.
    as_ever = replace(ground, excluding=frozenset()).asked_by(plan)
    approval = approvals_of(school_id=ticket.school_id).get(plan.code)
    row = Response(
        ticket=ticket,
        school=ticket.school,
        rulebook_id=version_id,
        plan=plan.code,
        started_by_id=actor.person_id,
        started_at=now,
        lacks=lacks_of(plan=plan, approval=approval, asked=as_ever, day=day_at(ticket.school, now)),
    )
    row.save(force_insert=True)
    tasks = ResponseTask.objects.bulk_create(_task(row, number, one) for number, one in enumerate(asked, start=1))
    timers_arm(drafts=[_timer(row, plan, task) for task in tasks], now=now)
    _tell_started(actor, row, tasks, now)
    return row


def _task(row: Response, number: int, asked: Asked) -> ResponseTask:
    return ResponseTask(
        response=row,
        number=number,
        step=asked.step.key,
        role=asked.role,
        unit_id=asked.unit_id,
        people=list(asked.people),
        due_at=row.started_at + asked.step.at,
    )


def _timer(row: Response, plan: ResponsePlan, task: ResponseTask) -> TimerDraft:
    ladder = tuple(task.due_at + rung.after.length for rung in plan.rungs)
    return TimerDraft(SUBJECT_KIND, row.ticket_id, CLOCK, ladder, repeat_every=None, target=str(task.id))


def _tell_started(actor: Actor, row: Response, tasks: Sequence[ResponseTask], now: datetime) -> None:
    heard: defaultdict[UUID, list[ResponseTask]] = defaultdict(list)
    for task in tasks:
        for person_id in task.people:
            heard[person_id].append(task)
    change = TicketChange(ticket=row.ticket, by=actor, now=now, moves=False)
    change.says(response=str(row.id), plan=named(row), lacks=list(row.lacks), asked=sorted(map(str, heard)))
    change.settle(RESPONSE_STARTED)
    change.after += news_drafts(row, Told.ASKED, heard)
    changes_store(changes=[change], now=now)


@transaction.atomic
def response_end(*, actor: Actor, response_id: UUID, words: Callable[[], str], now: datetime) -> Response:
    """End a plan by the word of somebody who leads and may see its ticket; everybody asked hears that it is over.

    The words are read only once it is known that it is there, and theirs to end.
    """
    ticket_id = Response.objects.filter(id=response_id).values_list("ticket_id", flat=True).first()
    if ticket_id is None:
        raise NotFound
    ticket_lock(actor=actor, ticket_id=ticket_id)
    actor.require(Permission.RESPONSES_START)
    row = Response.objects.select_related("school").get(id=response_id)
    row.ticket = tickets_with_school(ticket_ids=[ticket_id])[ticket_id]
    if row.school_id != actor.school_id:
        raise NotFound
    said = words()
    if row.ended_at is not None:
        raise ResponseOver
    row.ended_by_id, row.ended_at, row.ended_words = actor.person_id, now, said
    row.save(update_fields=["ended_by", "ended_at", "ended_words"])
    tasks = list(row.tasks.order_by("number"))
    targets = [str(task.id) for task in tasks]
    timers_stop_targets(subject_kind=SUBJECT_KIND, subject_id=ticket_id, targets=targets, now=now, reason="stood_down")
    change = TicketChange(ticket=row.ticket, by=actor, now=now, moves=False)
    change.says(response=str(row.id), plan=named(row), note=said)
    change.settle(RESPONSE_ENDED)
    people = {person for task in tasks for person in task.people} - {actor.person_id}
    change.after += news_drafts(row, Told.ENDED, dict.fromkeys(sorted(people, key=str), ()))
    changes_store(changes=[change], now=now)
    return row
