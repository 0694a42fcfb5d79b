"""The leading group of a school: who sits on it, setting it up anew, letting it end, and the map on paper."""

from dataclasses import astuple
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.permissions import Permission
from backend.portal.access import permitted, staff_only
from backend.portal.forms import token_new
from backend.portal.leading_forms import LeadingGroupForm, initial_of
from backend.portal.map_paper import map_pdf
from backend.portal.pages import pdf_file, staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest
from backend.portal.services import form_once
from backend.responsibility.selectors.leading import group_of_today, groups_known, posts_to_seat
from backend.responsibility.services.leading import group_end, group_set

MOST_GROUPS = 20


@staff_only
@require_GET
def leading_group(request: StaffRequest) -> HttpResponse:
    """Show the group of today with who sits on it, and those before and after."""
    now, actor = database_now(), request.actor
    leading = group_of_today(actor=actor, now=now)
    today = timezone.localdate(now)
    others = [row for row in groups_known(actor=actor).order_by("-from_day", "id")[:MOST_GROUPS] if not row.is_void]
    context = {
        "leading": leading,
        "others": [row for row in others if leading is None or row.id != leading.group.id],
        "may_set": actor.may(Permission.GROUP_WRITE),
        "today": today,
    }
    return staff_page(request, "leading_group", context, section="responsibility")


@permitted(Permission.GROUP_WRITE)
def leading_group_new(request: StaffRequest) -> HttpResponse:
    """Show the form, filled in with the group of today, and take the group that follows."""
    now, actor = database_now(), request.actor
    held = group_of_today(actor=actor, now=now)
    initial = initial_of(held.group if held else None, timezone.localdate(now))
    sent = request.POST if request.method == "POST" else None
    form = LeadingGroupForm(sent, posts=posts_to_seat(actor=actor), initial=initial)
    if form.is_valid() and _set(request, form, now):
        messages.success(request, _("Saved. Thank you."))
        return redirect("portal:leading_group")
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    context = {
        "form": form,
        "seats": form.seats(),
        "token": form["token"].value() or token_new(),
        "today": timezone.localdate(now),
    }
    return staff_page(request, "leading_group_new", context, section="responsibility", status=status)


@permitted(Permission.GROUP_WRITE)
@require_POST
def leading_group_end(request: StaffRequest, group_id: UUID) -> HttpResponseBase:
    """Let a group end with today."""
    now = database_now()
    group_end(actor=request.actor, group_id=group_id, until_day=timezone.localdate(now), now=now)
    messages.success(request, _("Saved. Thank you."))
    return redirect("portal:leading_group")


@staff_only
@require_GET
def responsibility_paper(request: StaffRequest) -> HttpResponse:
    """Give the leading group and the map of today as a paper for the corridor."""
    return pdf_file(map_pdf(actor=request.actor, now=database_now()), name="responsibility")


def _set(request: StaffRequest, form: LeadingGroupForm, now: datetime) -> bool:
    draft, actor = form.draft(), request.actor
    try:
        form_once(
            actor=actor,
            token=form.cleaned_data["token"],
            said=["leading", *astuple(draft)],
            now=now,
            act=lambda: group_set(actor=actor, draft=draft, now=now),
        )
    except DomainError as error:
        add_refusal(form, error)
        return False
    return True
