"""The API of all that waits for somebody."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.organisation.scopes import Scope
from backend.organisation.staff_view import StaffView
from backend.todos.selectors.everything import waiting_for
from backend.todos.serializers import EverythingOutput


class EverythingView(StaffView):
    """All that the signed-in person has to do: on tickets, in rounds, in started plans, and reports to be made."""

    scope = {"get": Scope.TODO_READ}

    @extend_schema(operation_id="todo_everything", responses=EverythingOutput)
    def get(self, _request: Request) -> Response:
        """Answer with it by due time, each thing once; each is gone from here once the person has done it."""
        return Response(EverythingOutput(waiting_for(actor=self.actor, now=database_now())).data)
