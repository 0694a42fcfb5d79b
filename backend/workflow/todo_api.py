"""The API of what waits for somebody."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.organisation.scopes import Scope
from backend.organisation.staff_view import StaffView
from backend.workflow.models import Ticket
from backend.workflow.owed import tickets_owed_by
from backend.workflow.selectors import tickets_with_names
from backend.workflow.serializers import TicketRow


class TodoView(StaffView, ListAPIView[Ticket]):
    """The tickets on which the signed-in person has to do something, those due first at the top."""

    scope = {"get": Scope.TODO_READ}
    serializer_class = TicketRow
    ordering = ("next_due_at", "id")

    def get_queryset(self) -> QuerySet[Ticket]:
        """Return them."""
        return tickets_with_names(actor=self.actor, tickets=tickets_owed_by(actor=self.actor))

    @extend_schema(operation_id="todo_list", responses=TicketRow(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them; each is gone from here once the person has done it."""
        return super().get(request, *args, **kwargs)
