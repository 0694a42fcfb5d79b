"""Reads of what stands in systems."""

from collections.abc import Collection, Sequence

from django.db.models import Q, QuerySet

from backend.todos.models import TICKET, PushedTodo
from backend.todos.selectors.boards import Board
from backend.todos.selectors.subjects import About
from backend.todos.todo import State


def rows_about(*, boards: Sequence[Board], abouts: Collection[About]) -> QuerySet[PushedTodo]:
    """Return what stands, or stood, in these systems about these things."""
    tickets = [one for kind, one in abouts if kind == TICKET]
    beside = [one for kind, one in abouts if kind != TICKET]
    return PushedTodo.objects.filter(
        Q(ticket__in=tickets) | Q(subject__in=beside), system__in=[board.system.id for board in boards]
    )


def beside_standing(*, board: Board) -> QuerySet[PushedTodo]:
    """Return what stands in a system as open beside tickets, or may stand there."""
    maybe = Q(state=State.OPEN) | Q(state=State.NONE, is_tried=True)
    return PushedTodo.objects.filter(maybe, system=board.system, ticket=None)
