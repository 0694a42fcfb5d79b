"""The API of schools and people, and the base of every view for staff."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.common.clock import database_now
from backend.common.errors import Invalid, PermissionDenied
from backend.organisation.actors import Actor
from backend.organisation.duty import ROSTER_KEEPERS
from backend.organisation.filters import PeopleFilters, PlaceFilters, UnitFilters
from backend.organisation.models import Person, Place, Unit
from backend.organisation.roles import UNIT_ROLES, Role
from backend.organisation.selectors import (
    actor_get,
    duties_now,
    people_listed,
    place_by_token,
    place_get,
    places_around,
    places_visible,
    reach_explained,
    time_zone_of,
    units_visible,
)
from backend.organisation.serializers import (
    MeOutput,
    PersonRow,
    PlaceDetailOutput,
    PlaceOutput,
    ReachOutput,
    ReachQuery,
    UnitOutput,
)

REACH_READERS = (
    Role.ADMINISTRATOR,
    Role.COORDINATOR,
    Role.DUTY_LEADER,
    Role.VICE_PRINCIPAL,
    Role.PRINCIPAL,
    Role.BOARD_CHAIR,
)


class NotReachReader(PermissionDenied):
    """The person does not plan who is reachable."""

    code = "not_reach_reader"
    title = _("Only leaders, the safety coordinator and the administrator see who would be reached.")


class UnitMissing(Invalid):
    """The role is held in a unit, and none was named."""

    code = "unit_missing"
    title = _("People in this role work in an office or grade group. Please say which.")


class NotStaff(PermissionDenied):
    """The account belongs to nobody who works here."""

    code = "not_staff"
    title = _("Your account is not linked to a member of staff. Please ask your school's administrator.")


class IsStaff(BasePermission):
    """Let in people who work at a school or the bureau, and note who they are."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Look the person up once per request; raise NotStaff."""
        actor = actor_get(user_id=request.user.pk) if request.user.pk else None
        if actor is None:
            raise NotStaff
        view.actor = actor  # type: ignore[attr-defined]
        return True


class StaffView(APIView):
    """A view for signed-in staff; `self.actor` is the person with the posts they hold now."""

    permission_classes = [IsAuthenticated, IsStaff]
    actor: Actor


class MeView(StaffView):
    """Who am I, which posts do I hold, and which duty am I on?"""

    @extend_schema(operation_id="me_retrieve", responses=MeOutput)
    def get(self, request: Request) -> Response:
        """Answer with the signed-in person."""
        context = {
            "language": request.user.language,  # type: ignore[union-attr]  # only people have a person
            "time_zone": time_zone_of(actor=self.actor),
            "duties": duties_now(actor=self.actor, now=database_now()),
        }
        return Response(MeOutput(self.actor, context=context).data)


class UnitListView(StaffView, ListAPIView[Unit]):
    """The offices, grade groups and classes of the signed-in person's school."""

    serializer_class = UnitOutput
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


class PeopleListView(StaffView, ListAPIView[Person]):
    """The people where the signed-in person works; keepers of its records see their posts and channels too."""

    serializer_class = PersonRow
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
        return {**super().get_serializer_context(), "is_keeper": actor is not None and actor.holds(*ROSTER_KEEPERS)}


class ReachView(StaffView):
    """Who would be reached in a role, and why not somebody else."""

    may_be_missing = True

    @extend_schema(operation_id="reachable_retrieve", parameters=[ReachQuery], responses=ReachOutput)
    def get(self, request: Request) -> Response:
        """Answer for one's own school, now or at an instant; for its leaders, the coordinator, the administrator."""
        if not self.actor.holds(*REACH_READERS):
            raise NotReachReader
        given = ReachQuery(data=request.query_params)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        role, unit_id = Role(asked["role"]), asked["unit"]
        if unit_id is None and role in UNIT_ROLES:
            raise UnitMissing(pointer="/unit")
        reached, people = reach_explained(
            actor=self.actor, role=role, unit_id=unit_id, now=asked["at"] or database_now()
        )
        return Response(ReachOutput(reached, context={"people": people}).data)


def place_response(view: StaffView, place: Place) -> Response:
    """Return a place as the person sees it."""
    context = {
        "path": places_around(actor=view.actor, place=place),
        "is_keeper": view.actor.holds(*ROSTER_KEEPERS),
    }
    return Response(PlaceDetailOutput(place, context=context).data)
