"""Answers to a script that sends what a device kept."""

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token

from backend.portal.access import staff_only
from backend.portal.requests import StaffRequest


@staff_only
def session(request: StaffRequest) -> HttpResponse:
    """Say who is signed in, with the token that a form sent by a script needs."""
    return JsonResponse({"person": str(request.actor.person_id), "csrf": get_token(request)})
