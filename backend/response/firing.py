"""Steps of started plans as targets of the deadline engine, which tells more people of what is not done in time."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from backend.common.outbox import OutboxDraft
from backend.deadlines.handlers import Firing
from backend.duty.reach import Directory
from backend.duty.selectors import directory_load
from backend.organisation.actors import SYSTEM
from backend.organisation.roles import Role
from backend.response.models import ResponseTask
from backend.response.news import Told, news_drafts
from backend.response.words import done_in, named, plan_behind
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.models import Ticket
from backend.workflow.selectors import tickets_with_school
from backend.workflow.system_events import STEP_MISSED

logger = logging.getLogger(__name__)


class ResponseSubjects:
    """Tickets with started plans as subjects of the deadline engine; each step is a target of its own."""

    def lock(self, subject_ids: Collection[UUID]) -> set[UUID]:
        """Lock these tickets without waiting; return those locked."""
        locked = Ticket.objects.select_for_update(skip_locked=True, no_key=True).filter(id__in=subject_ids)
        return set(locked.values_list("id", flat=True))

    def fire(self, firings: Sequence[Firing], *, now: datetime) -> None:
        """Tell those of the ladder, and those asked once more: the number of statements does not depend on the firings.

        After an outage everybody hears whom one of the rungs of a step would have told, and once.
        """
        rungs: defaultdict[UUID, list[int]] = defaultdict(list)
        for firing in firings:
            rungs[UUID(firing.target)].append(firing.rung)
        rows = ResponseTask.objects.filter(id__in=rungs, done_at=None, response__ended_at=None)
        tasks = list(rows.select_related("response__school").order_by("response", "number"))
        tickets = tickets_with_school(ticket_ids=sorted({task.response.ticket_id for task in tasks}))
        directory = directory_load(school_ids={task.response.school_id for task in tasks}, now=now)
        by_response: defaultdict[UUID, list[ResponseTask]] = defaultdict(list)
        for task in tasks:
            task.response.ticket = tickets[task.response.ticket_id]
            by_response[task.response_id].append(task)
        changes: dict[UUID, TicketChange] = {}
        for own in by_response.values():
            ticket = own[0].response.ticket
            change = changes.setdefault(ticket.id, TicketChange(ticket=ticket, by=SYSTEM, now=now, moves=False))
            change.after += _climb(change, own, rungs, directory)
        ResponseTask.objects.bulk_update(tasks, ["people"])
        changes_store(changes=list(changes.values()), now=now)


def _climb(
    change: TicketChange, tasks: Sequence[ResponseTask], rungs: Mapping[UUID, Sequence[int]], directory: Directory
) -> list[OutboxDraft]:
    """Record each step of one plan that is not done in time, and return the news for everybody who is told."""
    heard: defaultdict[UUID, list[ResponseTask]] = defaultdict(list)
    for task in tasks:
        told = _told(task, rungs[task.id], directory)
        if not told and not _is_strict(task):
            logger.error("ALARM: step %s of a response plan is not done, and nobody can be told", task.id)
        for person_id in told:
            heard[person_id].append(task)
        task.people = list(dict.fromkeys([*task.people, *told]))
        change.record(
            STEP_MISSED,
            response=str(task.response_id),
            plan=named(task.response),
            step=done_in(task.response, task),
            task=str(task.id),
            rung=max(rungs[task.id]) + 1,
            told=[str(person_id) for person_id in told],
        )
    return news_drafts(tasks[0].response, Told.MISSED, heard, rung=max(max(rungs[task.id]) for task in tasks) + 1)


def _told(task: ResponseTask, rungs: Sequence[int], directory: Directory) -> tuple[UUID, ...]:
    """Return whom rungs reach, or the next that reaches somebody; the first tells also whoever was asked.

    Once the ticket is strictly confidential nobody hears of it who was not asked before.
    """
    if _is_strict(task):
        return tuple(task.people) if 0 in rungs else ()
    found: dict[UUID, None] = {}
    if 0 in rungs:
        found |= dict.fromkeys(task.people) | dict.fromkeys(_reached(task, [Role(task.role)], directory, deputies=True))
    return tuple(found | _climbed(task, rungs, directory))


def _climbed(task: ResponseTask, rungs: Sequence[int], directory: Directory) -> dict[UUID, None]:
    steps = plan_behind(task.response).rungs
    due, later = [steps[rung] for rung in rungs], steps[max(rungs) + 1 :]
    told = (_reached(task, step.tell, directory, deputies=step.deputies) for step in due)
    found = dict.fromkeys(person for people in told for person in people)
    for step in later:
        if found:
            break
        found = dict.fromkeys(_reached(task, step.tell, directory, deputies=step.deputies))
    return found


def _is_strict(task: ResponseTask) -> bool:
    return task.response.ticket.confidentiality == Confidentiality.K2


def _reached(task: ResponseTask, roles: Iterable[Role], directory: Directory, *, deputies: bool) -> Sequence[UUID]:
    ask = directory.deputies if deputies else directory.reach
    school_id, excluding = task.response.school_id, task.response.ticket.concerned or ()
    answers = [ask(role=role, school_id=school_id, unit_id=task.unit_id, excluding=excluding) for role in roles]
    return [person for answer in answers for person in answer.people]
