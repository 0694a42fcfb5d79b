"""The API of to-dos for a portal that asks for itself."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.organisation.scopes import Scope
from backend.organisation.staff_view import StaffView
from backend.todos.filters import PulledFilter
from backend.todos.models import PushedTodo
from backend.todos.selectors.pulling import system_pulled, todos_now, todos_pulled
from backend.todos.serializers import PulledOutput


class TodoPullView(StaffView, ListAPIView[PushedTodo]):
    """The to-dos of a school's staff, as its pulled to-do system has them."""

    scope = {"get": Scope.TODO_READ}
    is_by_itself = True
    may_be_missing = True
    serializer_class = PulledOutput
    filterset_class = PulledFilter
    ordering = ("changed_at", "id")

    def get_queryset(self) -> QuerySet[PushedTodo]:
        """Return them; what ended only where changes are asked for."""
        self.system = system_pulled(actor=self.actor)
        with_ended = "updated_since" in self.request.query_params
        return todos_pulled(actor=self.actor, system=self.system, with_ended=with_ended)

    def get_serializer(self, rows: Any, **options: Any) -> Any:
        """Return the shape of a page, read once for all of it."""
        found = todos_now(system=self.system, rows=rows, now=database_now())
        return PulledOutput(found, **options)

    @extend_schema(operation_id="todo_pull", responses=PulledOutput(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page, what changed last at the end: a person's own, for a program by itself everybody's."""
        return super().get(request, *args, **kwargs)
