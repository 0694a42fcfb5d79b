"""The reads of a portal that asks for itself: everybody's to-dos, and what ended, decided as they are now."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.todos.models import PushedTodo, TodoSystem
from backend.todos.selectors.boards import boards_of
from backend.todos.selectors.subjects import subjects_of, wanted_now
from backend.todos.todo import State, Todo


def system_pulled(*, actor: Actor) -> TodoSystem:
    """Return the system of the actor's school that is pulled and on, or NotFound."""
    found = TodoSystem.objects.filter(school=actor.school_scope, kind=TodoSystem.Kind.PULL, is_on=True)
    system = found.select_related("school").first()
    if system is None:
        raise NotFound
    return system


def todos_pulled(*, actor: Actor, system: TodoSystem, with_ended: bool) -> QuerySet[PushedTodo]:
    """Return the to-dos of a system: of a person their own, of a program by itself everybody's."""
    states = [State.OPEN, State.DONE, State.GONE] if with_ended else [State.OPEN]
    rows = PushedTodo.objects.filter(system=system, state__in=states).select_related("person")
    is_by_itself = actor.through is not None and actor.through.id == actor.person_id
    return rows if is_by_itself else rows.filter(person=actor.person_id)


def todos_changed(*, rows: QuerySet[PushedTodo], since: datetime) -> QuerySet[PushedTodo]:
    """Keep what changed at an instant or later."""
    return rows.filter(changed_at__gte=since)


def todos_now(*, system: TodoSystem, rows: Sequence[PushedTodo], now: datetime) -> list[tuple[PushedTodo, Todo]]:
    """Return each row with what it is by the policy now, whatever it was when it was noted."""
    (board,) = boards_of(systems=[system], now=now)
    subjects = subjects_of(abouts={row.about for row in rows}, boards=[board], now=now)
    return [(row, wanted_now(board=board, subjects=subjects, row=row)) for row in rows]
