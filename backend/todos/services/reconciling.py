"""Once a night: what a system shows is compared with what ought to stand there, and old rows are forgotten."""

import logging
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from backend.common.outgoing import NotTaken
from backend.common.services import PURGE_BATCH
from backend.todos.adapters import Adapter, adapter_of
from backend.todos.models import LONGEST_ERROR, PushedTodo, TodoSystem
from backend.todos.refusals import Away, Limited
from backend.todos.selectors.boards import Board, boards_of
from backend.todos.services.looking import Difference, differences_mark, systems_look
from backend.todos.todo import State, Todo, is_source_id, source_id_of

logger = logging.getLogger(__name__)

BUDGET = 45.0
REST_WHEN_AWAY = timedelta(minutes=5)
NOT_AGAIN_WITHIN = timedelta(hours=12)
PEOPLE_AT_ONCE = 20
DOUBTED_FOR = timedelta(days=2)
KEPT_GONE = timedelta(days=30)
KEPT_DONE = timedelta(days=400)


def systems_reconcile(*, now: datetime) -> None:
    """Go on with this night's comparison where the last run stopped; what it finds is sent by the ordinary way.

    Each system has its share of the time, so that a slow one takes nobody else's turn.
    """
    ends = time.monotonic() + BUDGET
    due = Q(checked_at=None) | Q(checked_at__lte=now - NOT_AGAIN_WITHIN)
    rested = Q(rests_until=None) | Q(rests_until__lte=now)
    systems = TodoSystem.objects.filter(due, rested, is_on=True).exclude(kind=TodoSystem.Kind.PULL)
    waiting = list(systems.select_related("school").order_by("checked_at"))
    for left, system in zip(range(len(waiting), 0, -1), waiting, strict=True):
        began = time.monotonic()
        (board,) = boards_of(systems=[system], now=now)
        _reconcile(board, adapter_of(system), began + (ends - began) / left, now)
    systems_look(now=now)
    todos_forget(now=now)


def _reconcile(board: Board, adapter: Adapter, ends: float, now: datetime) -> None:
    system = board.system
    people = sorted(board.readers.keys() | _still_shown(system))
    after = system.checking_after
    for person_id in [one for one in people if after is None or one > after]:
        if time.monotonic() > ends:
            return
        try:
            if not _compare(board, adapter, person_id, now):
                _doubt(system, now)
                break
        except (Away, Limited) as problem:
            rest = problem.rest if isinstance(problem, Limited) else REST_WHEN_AWAY
            found = TodoSystem.objects.filter(id=system.id)
            found.update(rests_until=now + rest, last_error=problem.reason[:LONGEST_ERROR])
            return
        except NotTaken as problem:
            logger.warning("A list of system %s was not compared: %s", system.id, problem.reason)
        except Exception:  # whatever one portal answers, the others have their turn
            logger.exception("A list of system %s could not be compared", system.id)
        TodoSystem.objects.filter(id=system.id).update(checking_after=person_id)
    TodoSystem.objects.filter(id=system.id).update(checked_at=now, checking_after=None)


def _still_shown(system: TodoSystem) -> set[UUID]:
    rows = PushedTodo.objects.filter(system=system, state__in=[State.OPEN, State.DONE])
    return set(rows.values_list("person_id", flat=True))


def _compare(board: Board, adapter: Adapter, person_id: UUID, now: datetime) -> bool:
    """Compare one person's list; False where the system has none.

    What was refused is asked for once more: a person may be known there by now, and what is sealed must not stay.
    """
    rows = list(PushedTodo.objects.filter(system=board.system, person=person_id))
    reader = board.readers.get(person_id)
    known_as = reader.known_as if reader else next((row.known_as for row in rows), "")
    listed = adapter.listed(known_as=known_as)
    if listed is None:
        return False
    ours = {source_id_of(about=row.about, person_id=row.person_id): row for row in rows}
    _strays_remove(adapter, known_as, {one: listed[one] for one in listed.keys() - ours.keys() if is_source_id(one)})
    wrong = [
        row
        for source_id, row in ours.items()
        if row.next_attempt_at is None and (row.refused or (source_id in listed) != (row.state == State.OPEN))
    ]
    _doubted(wrong, now)
    return True


def _strays_remove(adapter: Adapter, known_as: str, strays: Mapping[str, str]) -> None:
    for source_id, remote_id in strays.items():
        stray = Todo(source_id=source_id, known_as=known_as, state=State.GONE, title="", link="")
        adapter.remove(todo=stray, remote_id=remote_id)


def _doubt(system: TodoSystem, now: datetime) -> None:
    """Have all that is open, and what ended lately, sent again: the system cannot say what it has."""
    ended = Q(state__in=[State.DONE, State.GONE], changed_at__gt=now - DOUBTED_FOR, is_tried=True)
    rows = PushedTodo.objects.filter(Q(state=State.OPEN) | ended | ~Q(refused=""), system=system, next_attempt_at=None)
    _doubted(list(rows), now)


def _doubted(rows: list[PushedTodo], now: datetime) -> None:
    if rows:
        PushedTodo.objects.filter(id__in=[row.pk for row in rows]).update(digest="", refused="")
        differences_mark([Difference(row.system_id, row.person_id, row.about, row.known_as) for row in rows], now)


def todos_forget(*, now: datetime) -> int:
    """Delete up to 1000 to-dos that were gone a month ago or done long ago, or were never sent; return how many."""
    old = Q(state=State.GONE, changed_at__lt=now - KEPT_GONE) | Q(state=State.DONE, changed_at__lt=now - KEPT_DONE)
    never = Q(state=State.NONE, is_tried=False, changed_at__lt=now - KEPT_GONE)
    found = PushedTodo.objects.filter(old | never, next_attempt_at=None).order_by("changed_at")
    return PushedTodo.objects.filter(pk__in=found.values("pk")[:PURGE_BATCH]).delete()[0]
