"""The API of schools and people, and the base of every view for staff."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.organisation.actors import Actor
from backend.organisation.filters import PeopleFilters, PlaceFilters, UnitFilters
from backend.organisation.models import Person, Place, TelephoneNumber, Unit
from backend.organisation.permissions import Permission
from backend.organisation.scopes import ANY, Scope
from backend.organisation.selectors import (
    people_listed,
    place_by_token,
    place_get,
    places_around,
    places_visible,
    units_visible,
)
from backend.organisation.selectors.telephones import telephone_numbers
from backend.organisation.serializers import (
    PersonRow,
    PlaceDetailOutput,
    PlaceOutput,
    TelephoneNumberOutput,
    UnitOutput,
)
from backend.organisation.staff_view import StaffView


class UnitListView(StaffView, ListAPIView[Unit]):
    """The offices, grade groups and classes of the signed-in person's school."""

    serializer_class = UnitOutput
    scope = {"get": ANY}
    filterset_class = UnitFilters
    ordering = ("code", "id")

    @extend_schema(operation_id="offices_list")
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Answer with a page of them, in the order of their codes."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Unit]:
        """Return what the person may see."""
        return units_visible(actor=self.actor)


class PlaceListView(StaffView, ListAPIView[Place]):
    """The places of the signed-in person's school; `parent` makes them a tree."""

    serializer_class = PlaceOutput
    scope = {"get": ANY}
    filterset_class = PlaceFilters
    ordering = ("code", "id")

    @extend_schema(operation_id="places_list")
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Answer with a page of them, in the order of their codes."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Place]:
        """Return what the person may see."""
        return places_visible(actor=self.actor)


class PlaceDetailView(StaffView):
    """One place."""

    @extend_schema(operation_id="places_retrieve", responses=PlaceDetailOutput)
    def get(self, _request: Request, place_id: UUID) -> Response:
        """Answer with the place, the places around it and the office that looks after it."""
        return place_response(self, place_get(actor=self.actor, place_id=place_id))


class PlaceByTokenView(StaffView):
    """The place whose QR code was read."""

    @extend_schema(operation_id="places_by_token", responses=PlaceDetailOutput)
    def get(self, _request: Request, token: str) -> Response:
        """Answer with the place; the code of another school is not found."""
        return place_response(self, place_by_token(actor=self.actor, token=token))


class TelephoneNumberListView(StaffView, ListAPIView[TelephoneNumber]):
    """The telephone numbers of the signed-in person's school that are meant for colleagues."""

    serializer_class = TelephoneNumberOutput
    ordering = ("name_zh", "id")

    @extend_schema(operation_id="telephone_numbers_list")
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Answer with a page of them, by their names."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[TelephoneNumber]:
        """Return what the person may see."""
        return telephone_numbers(actor=self.actor)


class PeopleListView(StaffView, ListAPIView[Person]):
    """The people where the signed-in person works; keepers of its records see their posts and channels too."""

    serializer_class = PersonRow
    scope = {"get": Scope.PEOPLE_SYNC}
    filterset_class = PeopleFilters
    ordering = ("staff_number", "id")

    @extend_schema(operation_id="people_list")
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Answer with a page of them, in the order of their staff numbers."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Person]:
        """Return what the person may see."""
        return people_listed(actor=self.actor)

    def get_serializer_context(self) -> dict[str, Any]:
        """Say whether the reader keeps the records."""
        actor: Actor | None = getattr(self, "actor", None)
        return {
            **super().get_serializer_context(),
            "is_keeper": actor is not None and actor.may(Permission.PEOPLE_READ_POSTS),
        }


def place_response(view: StaffView, place: Place) -> Response:
    """Return a place as the person sees it."""
    context = {
        "path": places_around(actor=view.actor, place=place),
        "is_keeper": view.actor.may(Permission.PLACES_READ_CODE),
    }
    return Response(PlaceDetailOutput(place, context=context).data)
