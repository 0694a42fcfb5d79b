"""Reads of started plans: the board of who has answered and who has not, for whoever may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.models import Person
from backend.organisation.permissions import Permission
from backend.response.models import Response, ResponseTask
from backend.response.words import plan_behind
from backend.rulebook.response_rules import ResponsePlan, ResponseStep
from backend.rulebook.ruleset import Confidentiality
from backend.rulebook.selectors import ruleset_get
from backend.workflow.models import Ticket
from backend.workflow.policy import Part, opened_to
from backend.workflow.selectors import grants_read, ticket_is_visible
from backend.workflow.states import OVER

MOST_MINE, MOST_DRILLS = 50, 10


@dataclass(frozen=True, slots=True)
class TaskShown:
    """One step on a board: what is to be done, by whom, and whether the reader may say that it is."""

    task: ResponseTask
    step: ResponseStep
    people: Sequence[Person]
    is_mine: bool
    may_answer: bool

    @property
    def took(self) -> int | None:
        """After how many minutes it was done; None while it is not."""
        length = self.task.done_at - self.task.response.started_at if self.task.done_at else None
        return None if length is None else int(length.total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class Board:
    """A started plan as one reader sees it: all of it with the ticket, or their own steps alone without."""

    row: Response
    plan: ResponsePlan
    tasks: Sequence[TaskShown]
    sees_ticket: bool
    may_end: bool

    @property
    def place(self) -> str:
        """Where it is; whoever holds a step has to find it, except once the matter has become confidential."""
        ticket = self.row.ticket
        is_told = self.sees_ticket or ticket.confidentiality != Confidentiality.K2
        return ticket.place.name if ticket.place and is_told else ""


def responses_of(*, ticket: Ticket) -> list[Response]:
    """Return the plans started on a ticket the reader was let in to, the latest first; one statement."""
    rows = Response.objects.filter(ticket=ticket.id).select_related("started_by")
    counted = rows.annotate(
        asked_count=Count("tasks"),
        silent_count=Count("tasks", filter=Q(tasks__there_at=None)),
        done_count=Count("tasks", filter=~Q(tasks__done_at=None)),
    )
    return list(counted.order_by("-started_at", "-id"))


def plans_offered(*, actor: Actor, ticket: Ticket) -> list[ResponsePlan]:
    """Return the plans that the actor may start on a ticket, those for its category first; no statement."""
    leads = actor.school_id == ticket.school_id and actor.may(Permission.RESPONSES_START)
    if not leads or ticket.confidentiality == Confidentiality.K2 or ticket.state in OVER:
        return []
    plans = ruleset_get(ticket.rulebook_id).response_plans.values()
    return sorted(plans, key=lambda plan: (ticket.category not in plan.categories, plan.code))


def board_get(*, actor: Actor, response_id: UUID) -> Board:
    """Return a started plan for whoever may see its ticket or holds a step of it; raise NotFound.

    The names of those asked and told are for whoever works on the ticket, and not for its reporter.
    """
    rows = Response.objects.select_related("ticket__place", "ticket__school", "school", "started_by", "ended_by")
    every = ResponseTask.objects.select_related("unit", "there_by", "done_by").order_by("number")
    row = rows.filter(id=response_id).prefetch_related(Prefetch("tasks", every)).first()
    if row is None:
        raise NotFound
    holds_drill = row.ticket.is_exercise and row.started_by_id == actor.person_id
    sees = holds_drill or ticket_is_visible(actor=actor, ticket_id=row.ticket_id)
    own = actor.school_id == row.school_id
    shown = [task for task in row.tasks.all() if sees or (own and actor.person_id in task.people)]
    if not sees and not shown:
        raise NotFound
    names = holds_drill or (sees and _names_whom_it_told(actor, row))
    told = _shown(actor, row, shown, sees=sees, names=names)
    return Board(row, plan_behind(row), told, sees, sees and _leads(actor, row))


def drills_of(*, actor: Actor, code: str) -> list[Response]:
    """Return the last drills of a plan at the actor's school, for those who lead; one statement."""
    if not actor.may(Permission.RESPONSES_START):
        return []
    drills = Response.objects.filter(school=actor.school_scope, plan=code, ticket__is_exercise=True)
    return list(drills.order_by("-started_at", "-id")[:MOST_DRILLS])


def tasks_mine(*, actor: Actor) -> list[ResponseTask]:
    """Return the steps of running plans that are asked of somebody and not done, the most urgent first."""
    return list(_mine(actor).select_related("response").order_by("due_at", "number")[:MOST_MINE])


def _mine(actor: Actor) -> QuerySet[ResponseTask]:
    running = {"response__school": actor.school_scope, "response__ended_at": None}
    return ResponseTask.objects.filter(**running, done_at=None, people__contains=[actor.person_id])


def _leads(actor: Actor, row: Response) -> bool:
    return row.ended_at is None and actor.school_id == row.school_id and actor.may(Permission.RESPONSES_START)


def _names_whom_it_told(actor: Actor, row: Response) -> bool:
    """Say whether the names of those whom a ladder told are opened to somebody who sees the ticket."""
    grants_read(actors=[actor], tickets=[row.ticket])
    return Part.INTERNAL in opened_to(actor=actor, ticket=row.ticket)


def _shown(actor: Actor, row: Response, tasks: Sequence[ResponseTask], *, sees: bool, names: bool) -> list[TaskShown]:
    plan = plan_behind(row)
    people = Person.objects.in_bulk({person for task in tasks for person in task.people})
    found = []
    for task in tasks:
        is_mine = actor.person_id in task.people
        may = task.done_at is None and row.ended_at is None and (is_mine or (sees and _leads(actor, row)))
        asked = [people[person] for person in task.people if names or person == actor.person_id]
        found.append(TaskShown(task, plan.step(task.step), asked, is_mine, may))
    return found


def responses_standing(
    *,
    news: Mapping[UUID, Mapping[str, Any]],
    readers: Mapping[UUID, Actor],
    now: datetime,  # noqa: ARG001 - as all
) -> set[UUID]:
    """Return which news of started plans still hold: a step of them waits for the reader, or the plan is over."""
    every = {task for told in news.values() for task in told["tasks"]}
    waiting = ResponseTask.objects.filter(id__in=every, done_at=None, response__ended_at=None)
    asked = {str(task_id): people for task_id, people in waiting.values_list("id", "people")}
    return {
        one
        for one, told in news.items()
        if told["what"] == "ended" or any(readers[one].person_id in asked.get(task, ()) for task in told["tasks"])
    }
