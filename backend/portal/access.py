"""The decorators that open a page to staff or to everybody; every view carries one, and a test looks for its mark."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from backend.accounts.opening import session_use
from backend.common.access import View, marked, public
from backend.common.errors import DomainError
from backend.duty.selectors import actor_get
from backend.organisation.permissions import NotStaff, Permission
from backend.organisation.selectors.second_factor import second_factor_due
from backend.portal.pages import no_staff_page, staff_refusal_page
from backend.portal.requests import StaffRequest, request_now
from backend.portal.selectors import school_of
from backend.portal.sent_again import is_kept, sent_again_page

__all__ = ["permitted", "public", "staff_only", "without_factor"]

Page = Callable[..., HttpResponseBase]


def permitted(permission: Permission, *, asks_factor: bool = True, notes_use: bool = True) -> Callable[[Page], View]:
    """Let in people with a permission, and send everybody who is not signed in to do so.

    A form with words of their own is shown once more with them, since signing in would lose them. Whoever has to have a
    second factor by now and has none is led to set one up. Refusals become pages; times are shown in the time zone of
    the reader's school. `notes_use`: that the session is in use, which a page that asks by itself does not say.
    """

    def decorate(view: Page) -> View:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                if is_kept(request):
                    return sent_again_page(request)
                return redirect_to_login(_onward(request))
            if notes_use:
                session_use(request=request)
            return _answer(view, cast("StaffRequest", request), permission, kwargs, asks_factor=asks_factor)

        return marked(guarded, permission)

    return decorate


staff_only = permitted(Permission.STAFF)
"""Let in people who hold a post at a school or the bureau."""
without_factor = permitted(Permission.STAFF, asks_factor=False)
"""The same for the pages on which a second factor is set up."""


def _onward(request: HttpRequest) -> str:
    """Return where to go after signing in: to the page itself, to the form of a report, or home."""
    if request.method == "GET":
        return request.get_full_path()
    return request.path if request.path == reverse("portal:report") else "/"


def _answer(
    view: Page, request: StaffRequest, permission: Permission, kwargs: dict[str, Any], *, asks_factor: bool
) -> HttpResponseBase:
    actor = actor_get(user_id=request.user.pk)
    if actor is None:
        return no_staff_page(request, NotStaff())
    request.actor, request.school, request.asked_at = actor, school_of(actor=actor), None
    has_factor = request.user.second_factor_at is not None
    request.factor_due = second_factor_due(actor=actor, has_factor=has_factor, school=request.school)
    if asks_factor and request.factor_due is not None and request_now(request) >= request.factor_due:
        return redirect("portal:factors")
    with timezone.override(ZoneInfo(request.school.time_zone if request.school else settings.TIME_ZONE)):
        try:
            actor.require(permission)
            return view(request, **kwargs)
        except NotStaff as error:
            return no_staff_page(request, error, has_reports=True)
        except DomainError as error:
            return staff_refusal_page(request, error)
