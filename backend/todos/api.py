"""The API of to-do systems, for whoever administers a school."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import idempotent
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView
from backend.todos.models import TodoName, TodoSystem
from backend.todos.selectors import names_of, system_get, systems_of
from backend.todos.serializers import (
    NameOutput,
    NamesInput,
    NamesOutput,
    SwitchInput,
    TodoSystemInput,
    TodoSystemOutput,
)
from backend.todos.services.systems import (
    names_set,
    system_change,
    system_make,
    system_remove,
    system_switch,
    system_try,
)


class TodoSystemListView(StaffView, ListAPIView[TodoSystem]):
    """The to-do systems of the signed-in person's school."""

    access = Permission.TODO_SYSTEMS_MANAGE
    serializer_class = TodoSystemOutput
    ordering = ("made_at", "id")
    uses_idempotency_key = True

    def get_queryset(self) -> QuerySet[TodoSystem]:
        """Return them."""
        return systems_of(actor=self.actor)

    @extend_schema(operation_id="todo_systems_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="todo_systems_create", request=TodoSystemInput, responses={201: TodoSystemOutput})
    def post(self, request: Request) -> Response:
        """Make one, switched off: it is tried first. Its secret is never shown."""

        def act(now: datetime) -> Response:
            system = system_make(actor=self.actor, draft=_given(request).draft(), now=now)
            return Response(TodoSystemOutput(system).data, status=status.HTTP_201_CREATED)

        return idempotent(request, act)


class TodoSystemView(StaffView):
    """One to-do system."""

    access = Permission.TODO_SYSTEMS_MANAGE
    is_conflicting = frozenset({"delete"})

    @extend_schema(operation_id="todo_systems_retrieve", responses=TodoSystemOutput)
    def get(self, _request: Request, system_id: UUID) -> Response:
        """Answer with it, with how the last try went, and whether it rests and why."""
        system = system_get(actor=self.actor, system_id=system_id)
        self.actor.require(Permission.TODO_SYSTEMS_MANAGE)
        return Response(TodoSystemOutput(system).data)

    @extend_schema(operation_id="todo_systems_destroy", responses={204: None})
    def delete(self, _request: Request, system_id: UUID) -> Response:
        """Remove one that is off; what stands there stays there."""
        system_remove(actor=self.actor, system_id=system_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class _ActView(StaffView):
    """One thing done to a system; the answer shows it."""

    access = Permission.TODO_SYSTEMS_MANAGE
    uses_idempotency_key = True

    def act(self, request: Request, change: Callable[[datetime], TodoSystem]) -> Response:
        """Do it once for each key."""
        return idempotent(request, lambda now: Response(TodoSystemOutput(change(now)).data))


class TodoSystemChangeView(_ActView):
    """The set-up of a system."""

    @extend_schema(operation_id="todo_systems_change", request=TodoSystemInput, responses=TodoSystemOutput)
    def post(self, request: Request, system_id: UUID) -> Response:
        """Change one that is off; it is tried again before it can be switched on."""

        def change(_now: datetime) -> TodoSystem:
            system_get(actor=self.actor, system_id=system_id)
            return system_change(actor=self.actor, system_id=system_id, draft=_given(request).draft())

        return self.act(request, change)


class TodoSystemTryView(_ActView):
    """A try."""

    @extend_schema(operation_id="todo_systems_try", request=None, responses=TodoSystemOutput)
    def post(self, request: Request, system_id: UUID) -> Response:
        """Have a to-do for the signed-in person sent and removed again; `tried_at` and `try_error` tell how it went."""
        return self.act(request, lambda now: system_try(actor=self.actor, system_id=system_id, now=now))


class TodoSystemSwitchView(_ActView):
    """The switch of a system."""

    @extend_schema(operation_id="todo_systems_switch", request=SwitchInput, responses=TodoSystemOutput)
    def post(self, request: Request, system_id: UUID) -> Response:
        """Switch it on, once a try has succeeded, or off: then nothing goes out any more."""

        def change(_now: datetime) -> TodoSystem:
            system_get(actor=self.actor, system_id=system_id)
            given = SwitchInput(data=request.data)
            given.is_valid(raise_exception=True)
            return system_switch(actor=self.actor, system_id=system_id, is_on=given.validated_data["is_on"])

        return self.act(request, change)


class TodoNamesView(StaffView, ListAPIView[TodoName]):
    """The names by which a system knows people, where those are not the staff numbers."""

    access = Permission.TODO_SYSTEMS_MANAGE
    serializer_class = NameOutput
    ordering = ("known_as", "id")
    uses_idempotency_key = True

    def get_queryset(self) -> QuerySet[TodoName]:
        """Return the names in one that is the reader's to manage."""
        system = system_get(actor=self.actor, system_id=self.kwargs["system_id"])
        self.actor.require(Permission.TODO_SYSTEMS_MANAGE)
        return names_of(system=system)

    @extend_schema(operation_id="todo_systems_names")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="todo_systems_set_names", request=NamesInput, responses=NamesOutput)
    def post(self, request: Request, system_id: UUID) -> Response:
        """Set them all; whoever is not named is not known there, and what they had there is removed."""

        def act(_now: datetime) -> Response:
            system_get(actor=self.actor, system_id=system_id)
            given = NamesInput(data=request.data)
            given.is_valid(raise_exception=True)
            names = given.names()
            names_set(actor=self.actor, system_id=system_id, names=names)
            return Response({"count": len(names)})

        return idempotent(request, act)


def _given(request: Request) -> TodoSystemInput:
    given = TodoSystemInput(data=request.data)
    given.is_valid(raise_exception=True)
    return given
