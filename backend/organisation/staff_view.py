"""The base of every view for signed-in people: it asks for the permission the view names, and notes who they are."""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, cast
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.models import User
from backend.accounts.token_proof import proof_require
from backend.common.asking import AskedView
from backend.common.preconditions import tag_body
from backend.organisation.actors import Actor
from backend.organisation.permissions import RULES, NotStaff, Permission
from backend.organisation.powers import WITH_SECOND_FACTOR
from backend.organisation.selectors.second_factor import second_factor_require


class ActorSelector(Protocol):
    """Finds the person behind an account, with everything that makes up their posts now."""

    def __call__(self, *, user_id: int) -> Actor | None:
        """Return the person, None for no staff member."""


class IsPermitted(BasePermission):
    """Let in people with the permission that the view names, and note who they are."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Look the person up once per request; raise NotStaff, or the permission's own error."""
        actor = _actor_of(request.user)
        if actor is None:
            raise NotStaff
        if not (WITH_SECOND_FACTOR.isdisjoint(actor.roles) or cast("User", request.user).second_factor_at):
            second_factor_require(actor=actor)
        view.actor = actor  # type: ignore[attr-defined]
        actor.require(view.asked_first(request.method))  # type: ignore[attr-defined]
        needed = view.permission_for(request.method or "")  # type: ignore[attr-defined]
        if request.method not in SAFE_METHODS and RULES[needed].asks_proof:
            proof_require(request)
        return True


def _actor_of(user: Any) -> Actor | None:
    """Return who acts: read with the token already, or looked up for the session of a page."""
    if "actor" in vars(user):
        known: Actor | None = user.actor
        return known
    # Named by settings: who leads a shift now holds a post too, and rosters stand above this room.
    find: ActorSelector = import_string(settings.ACTOR_SELECTOR)
    return find(user_id=user.pk) if user.pk else None


class StaffView(AskedView):
    """A view for signed-in people; `self.actor` is the person with the posts they hold now.

    `access` names the permission of every method, or of each; `scope` what opens a method to service accounts.
    """

    permission_classes = [IsAuthenticated, IsPermitted]
    access: ClassVar[Permission | Mapping[str, Permission]] = Permission.STAFF
    scope: ClassVar[Mapping[str, str]] = {}
    actor: Actor

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Complete the tag of the answer, and tell another program how much of its rate is left."""
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        tag_body(request, answer)
        if (rate := getattr(request, "rate", None)) and self.actor.through:
            for name, value in rate.headers().items():
                answer.headers[name] = value
        return answer

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

    def require_over(self, person_id: UUID, permission: Permission) -> None:
        """Ask for a permission, and for a proof where it needs one, unless it is about oneself."""
        if person_id != self.actor.person_id:
            self.actor.require(permission)
            if RULES[permission].asks_proof:
                proof_require(self.request)
