"""The base of every view for signed-in people: it asks for the permission the view names, and notes who they are."""

from collections.abc import Mapping
from typing import ClassVar, Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from backend.organisation.actors import Actor
from backend.organisation.permissions import RULES, NotStaff, Permission


class ActorSelector(Protocol):
    """Finds the person behind an account, with everything that makes up their posts now."""

    def __call__(self, *, user_id: int) -> Actor | None:
        """Return the person, None for no staff member."""


class IsPermitted(BasePermission):
    """Let in people with the permission that the view names, and note who they are."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Look the person up once per request; raise NotStaff, or the permission's own error."""
        # Named by settings: who leads a shift now holds a post too, and rosters stand above this room.
        find: ActorSelector = import_string(settings.ACTOR_SELECTOR)
        actor = find(user_id=request.user.pk) if request.user.pk else None
        if actor is None:
            raise NotStaff
        view.actor = actor  # type: ignore[attr-defined]
        actor.require(view.asked_first(request.method))  # type: ignore[attr-defined]
        return True


class StaffView(APIView):
    """A view for signed-in people; `self.actor` is the person with the posts they hold now.

    `access` names the permission of every method, or of each.
    """

    permission_classes = [IsAuthenticated, IsPermitted]
    access: ClassVar[Permission | Mapping[str, Permission]] = Permission.STAFF
    actor: Actor

    @classmethod
    def permission_for(cls, method: str) -> Permission:
        """Return the permission that a method needs."""
        if isinstance(cls.access, Permission):
            return cls.access
        return cls.access.get(method.lower(), Permission.STAFF)

    def asked_first(self, method: str) -> Permission:
        """Return the permission asked before anything is read.

        Of one thing among many the service asks for more once the thing is found: another school's is not there,
        whatever one may do.
        """
        needed = self.permission_for(method)
        return Permission.STAFF if self.kwargs and RULES[needed].roles is not None else needed
