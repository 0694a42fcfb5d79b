"""Ending sessions and tokens of one's own account."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from backend.accounts.services import sign_in_end, sign_ins_end_others
from backend.portal.access import staff_only
from backend.portal.requests import StaffRequest


@staff_only
def end(request: StaffRequest, sign_in_id: UUID) -> HttpResponse:
    """End one of them."""
    if request.method == "POST":
        sign_in_end(user=request.user, sign_in_id=sign_in_id)
        messages.success(request, _("It is signed out."))
    return redirect("portal:account")


@staff_only
def end_others(request: StaffRequest) -> HttpResponse:
    """End all but the one in use."""
    if request.method == "POST":
        sign_ins_end_others(user=request.user, session_key=request.session.session_key)
        messages.success(request, _("Everywhere else you are signed out."))
    return redirect("portal:account")
