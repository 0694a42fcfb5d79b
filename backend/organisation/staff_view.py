"""The base of every view for staff: it lets in people who work here, and notes who they are."""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.common.errors import PermissionDenied
from backend.organisation.actors import Actor


class ActorSelector(Protocol):
    """Finds the person behind an account, with everything that makes up their posts now."""

    def __call__(self, *, user_id: int) -> Actor | None:
        """Return the person, None for no staff member."""


class NotStaff(PermissionDenied):
    """The account belongs to nobody who works here."""

    code = "not_staff"
    title = _("Your account is not linked to a member of staff. Please ask your school's administrator.")


class IsStaff(BasePermission):
    """Let in people who work at a school or the bureau, and note who they are."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Look the person up once per request; raise NotStaff."""
        # Named by settings: who leads a shift now holds a post too, and rosters stand above this room.
        find: ActorSelector = import_string(settings.ACTOR_SELECTOR)
        actor = find(user_id=request.user.pk) if request.user.pk else None
        if actor is None:
            raise NotStaff
        view.actor = actor  # type: ignore[attr-defined]
        return True


class StaffView(APIView):
    """A view for signed-in staff; `self.actor` is the person with the posts they hold now."""

    permission_classes = [IsAuthenticated, IsStaff]
    actor: Actor
