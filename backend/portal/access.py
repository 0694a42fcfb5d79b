"""The decorators that open a page to staff or to everybody; every view carries one, and a test looks for its mark."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache

from backend.common.access import View, marked, public
from backend.common.errors import DomainError
from backend.duty.selectors import actor_get
from backend.organisation.permissions import NotStaff, Permission
from backend.portal.pages import no_staff_page, refusal_page
from backend.portal.requests import StaffRequest
from backend.portal.selectors import school_of

__all__ = ["permitted", "public", "staff_only"]

Page = Callable[..., HttpResponseBase]


def permitted(permission: Permission) -> Callable[[Page], View]:
    """Let in people with a permission, and send everybody who is not signed in to do so.

    Refusals become pages; times are shown in the time zone of the reader's school.
    """

    def decorate(view: Page) -> View:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
            return _answer(view, cast("StaffRequest", request), permission, kwargs)

        return marked(guarded, permission)

    return decorate


staff_only = permitted(Permission.STAFF)
"""Let in people who hold a post at a school or the bureau."""


def _answer(view: Page, request: StaffRequest, permission: Permission, kwargs: dict[str, Any]) -> HttpResponseBase:
    actor = actor_get(user_id=request.user.pk)
    if actor is None:
        return no_staff_page(request, NotStaff())
    request.actor, request.school = actor, school_of(actor=actor)
    with timezone.override(ZoneInfo(request.school.time_zone if request.school else settings.TIME_ZONE)):
        try:
            actor.require(permission)
            return view(request, **kwargs)
        except NotStaff as error:
            return no_staff_page(request, error, has_reports=True)
        except DomainError as error:
            return refusal_page(request, error)
