"""Who may open a page: every view declares it with one of these decorators, and a test looks for the mark."""

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
from backend.organisation.staff_view import NotStaff
from backend.portal.pages import refusal_page
from backend.portal.requests import StaffRequest
from backend.portal.selectors import school_of

__all__ = ["public", "staff_only"]


def staff_only(view: Callable[..., HttpResponseBase]) -> View:
    """Let in people who work at a school or the bureau, and send everybody else to sign in.

    Refusals become pages; times are shown in the time zone of the reader's school.
    """

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        try:
            known = _recognised(request)
            with timezone.override(ZoneInfo(known.school.time_zone if known.school else settings.TIME_ZONE)):
                return _answer(view, known, kwargs)
        except NotStaff as error:
            return refusal_page(request, error)

    return marked(guarded, "staff")


def _recognised(request: HttpRequest) -> StaffRequest:
    known = cast("StaffRequest", request)
    actor = actor_get(user_id=known.user.pk)
    if actor is None:
        raise NotStaff
    known.actor = actor
    known.school = school_of(actor=actor)
    return known


def _answer(view: Callable[..., HttpResponseBase], request: StaffRequest, kwargs: dict[str, Any]) -> HttpResponseBase:
    try:
        return view(request, **kwargs)
    except DomainError as error:
        return refusal_page(request, error)
