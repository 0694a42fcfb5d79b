"""The API of schools and people, and the base of every view for staff."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.common.errors import PermissionDenied
from backend.organisation.actors import Actor
from backend.organisation.models import Person, Place, Unit
from backend.organisation.selectors import actor_get, people_visible, places_visible, units_visible
from backend.organisation.serializers import ActorOutput, PersonOutput, PlaceOutput, UnitOutput


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
    """Who am I, and which posts do I hold?"""

    @extend_schema(operation_id="me_retrieve", responses=ActorOutput)
    def get(self, _request: Request) -> Response:
        """Answer with the signed-in person."""
        return Response(ActorOutput(self.actor).data)


@extend_schema_view(get=extend_schema(operation_id="offices_list"))
class UnitListView(StaffView, ListAPIView[Unit]):
    """The offices, grade groups and classes of the signed-in person's school."""

    serializer_class = UnitOutput
    ordering = ("code", "id")

    def get_queryset(self) -> QuerySet[Unit]:
        """Return what the person may see."""
        return units_visible(actor=self.actor)


@extend_schema_view(get=extend_schema(operation_id="places_list"))
class PlaceListView(StaffView, ListAPIView[Place]):
    """The places of the signed-in person's school."""

    serializer_class = PlaceOutput
    ordering = ("code", "id")

    def get_queryset(self) -> QuerySet[Place]:
        """Return what the person may see."""
        return places_visible(actor=self.actor)


@extend_schema_view(get=extend_schema(operation_id="people_list"))
class PeopleListView(StaffView, ListAPIView[Person]):
    """The people of the signed-in person's school, by name only."""

    serializer_class = PersonOutput
    ordering = ("staff_number", "id")

    def get_queryset(self) -> QuerySet[Person]:
        """Return what the person may see."""
        return people_visible(actor=self.actor)
