"""The request that pages for staff work with."""

from datetime import datetime
from http import HTTPStatus

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from backend.accounts.models import User
from backend.common.clock import database_now
from backend.common.row_numbers import row_numbers
from backend.organisation.actors import Actor
from backend.organisation.models import School

JSON = "application/json"


class StaffRequest(HttpRequest):
    """A request of a signed-in member of staff; `school` is None for people of the bureau.

    `factor_due` is from when on they can do nothing without a second factor; None where they need none or have one.
    """

    user: User
    actor: Actor
    school: School | None
    factor_due: datetime | None
    asked_at: datetime | None


def request_now(request: StaffRequest) -> datetime:
    """Return the instant at which a page is asked for, by the database's clock, which is asked once."""
    if request.asked_at is None:
        request.asked_at = database_now()
    return request.asked_at


def version_seen(request: HttpRequest) -> int | None:
    """Return the version of the rules that a form was filled in from; None where there was none."""
    return next(iter(row_numbers([request.POST.get("seen", "")])), None)


def instant_seen(request: HttpRequest) -> datetime | None:
    """Return when that was kept which a form was filled in from; None where there was nothing."""
    try:
        return datetime.fromisoformat(request.POST.get("seen", ""))
    except ValueError:
        return None


def asks_for_json(request: HttpRequest) -> bool:
    """Say whether a script asks, which sends what waited on a device."""
    return request.get_preferred_type(["text/html", JSON]) == JSON


def sent_on(request: HttpRequest, address: str) -> HttpResponse:
    """Lead on to a page once a form was taken; a script that sends it is told where."""
    return (
        JsonResponse({"address": address}, status=HTTPStatus.CREATED) if asks_for_json(request) else redirect(address)
    )


def errors_said(form: forms.Form, status: int) -> HttpResponse:
    """Tell a script why a form was not taken."""
    return JsonResponse({"errors": [word for words in form.errors.values() for word in words]}, status=status)
