"""Access to the administration pages, and the schools whose rows somebody reaches there."""

from typing import cast

from django.db.models import Q
from django.http import HttpRequest

from backend.duty.selectors import actor_get
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.organisation.permissions import Permission


def administrator(request: HttpRequest) -> Actor | None:
    """Return the person behind a request if they may open any of the pages; looked up once per request."""
    if not hasattr(request, "administrator"):
        user = request.user
        actor = actor_get(user_id=user.pk) if user.is_authenticated and user.is_active else None
        request.administrator = actor if actor is not None and actor.may(Permission.RECORD_READ) else None  # type: ignore[attr-defined]
    return cast("Actor | None", request.administrator)  # type: ignore[attr-defined]


def within(actor: Actor, *, school: str, bureau: str | None) -> Q:
    """Return the rows of the actor's school; for people of the bureau, of the bureau and all its schools."""
    if actor.school_id:
        return Q(**{school: actor.school_id})
    rows = Q(**{f"{school}__bureau": actor.bureau_id})
    return rows | Q(**{bureau: actor.bureau_id}) if bureau else rows


def school_of(actor: Actor) -> School | None:
    """Return the school in whose time zone a person reads and writes; None at the bureau, which has no zone."""
    return School.objects.filter(id=actor.school_scope).first()
