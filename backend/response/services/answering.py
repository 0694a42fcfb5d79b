"""Saying of a step that one is there, or that it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.common.errors import NotFound
from backend.deadlines.services import timers_stop_targets
from backend.organisation.actors import Actor
from backend.response.errors import NotYourStep, ResponseOver
from backend.response.models import Response, ResponseTask
from backend.response.selectors.boards import board_get
from backend.response.services.starting import SUBJECT_KIND
from backend.response.words import done_in, named
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.models import Ticket
from backend.workflow.selectors import tickets_with_school
from backend.workflow.system_events import STEP_DONE, STEP_REACHED


@dataclass(frozen=True, slots=True)
class Word:
    """The word of somebody on a step: they are there, or (`is_done`) it is done, with what there is to say."""

    is_done: bool
    words: str = ""


@transaction.atomic
def task_answer(*, actor: Actor, response_id: UUID, task_id: UUID, said: Callable[[], Word], now: datetime) -> None:
    """Note that somebody is on the spot, or has done a step that is asked of them, or for whom they lead.

    Said again it changes nothing. The word is read only once it is known that the step is there for them.
    """
    board = board_get(actor=actor, response_id=response_id)
    if task_id not in {shown.task.id for shown in board.tasks}:
        raise NotFound
    row, task = _locked(board.row, task_id)
    word = said()
    if task.done_at is not None or (task.there_at is not None and not word.is_done):
        return
    if row.ended_at is not None:
        raise ResponseOver
    if not next(shown.may_answer for shown in board.tasks if shown.task.id == task_id):
        raise NotYourStep
    _note(actor, row, task, word, now)


def _locked(row: Response, task_id: UUID) -> tuple[Response, ResponseTask]:
    """Return a plan and a step of it as they are under the lock of their ticket."""
    Ticket.objects.select_for_update(no_key=True).filter(id=row.ticket_id).values_list("id", flat=True).get()
    fresh = Response.objects.select_related("school").get(id=row.id)
    fresh.ticket = tickets_with_school(ticket_ids=[row.ticket_id])[row.ticket_id]
    return fresh, ResponseTask.objects.get(id=task_id)


def _note(actor: Actor, row: Response, task: ResponseTask, word: Word, now: datetime) -> None:
    if task.there_at is None:
        task.there_at, task.there_by_id = now, actor.person_id
    if word.is_done:
        task.done_at, task.done_by_id, task.words = now, actor.person_id, word.words
        timers_stop_targets(
            subject_kind=SUBJECT_KIND, subject_id=row.ticket_id, targets=[str(task.id)], now=now, reason="done"
        )
    task.save(update_fields=["there_at", "there_by", "done_at", "done_by", "words"])
    change = TicketChange(ticket=row.ticket, by=actor, now=now, moves=False)
    change.says(response=str(row.id), plan=named(row), step=done_in(row, task), task=str(task.id))
    if word.words:
        change.says(note=word.words)
    change.settle(STEP_DONE if word.is_done else STEP_REACHED)
    changes_store(changes=[change], now=now)
