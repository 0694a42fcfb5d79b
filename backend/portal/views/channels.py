"""The page of the reader's channels: adding and removing them, the codes that prove them, and which news go where."""

from collections.abc import Mapping
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.common.row_numbers import row_numbers
from backend.notifications.ringing import Group
from backend.notifications.selectors import channels_of, choices_of
from backend.notifications.services import choices_set
from backend.organisation.services import channel_add, channel_code_send, channel_remove, channel_verify
from backend.portal.access import staff_only
from backend.portal.channels import CHANNEL_KINDS, ChannelForm, CodeForm, channel_cards, choice_cards
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest


@staff_only
def channels(request: StaffRequest) -> HttpResponse:
    """Show the reader's channels and choices, or add the channel that the form sends."""
    form = ChannelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            channel_add(actor=request.actor, now=database_now(), **form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(
                request, _("Added. A code is on its way. If it does not come, load this page anew to see why.")
            )
            return redirect("portal:channels")
    return _page(request, form=form)


@staff_only
def channel_verify_page(request: StaffRequest, channel_id: int) -> HttpResponse:
    """Let the channel count if the code is the one that was sent."""
    if request.method != "POST":
        return redirect("portal:channels")
    form = CodeForm(request.POST)
    if form.is_valid():
        code = form.cleaned_data["code"]
        try:
            channel_verify(actor=request.actor, channel_id=channel_id, code=code, now=database_now())
        except DomainError as error:
            return _page(request, problems={channel_id: error}, status=error.status)
        messages.success(request, _("Verified. From now on we reach you there too."))
        return redirect("portal:channels")
    return _page(request, problems={channel_id: form.errors["code"][0]}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@staff_only
def channel_code_page(request: StaffRequest, channel_id: int) -> HttpResponse:
    """Send a new code."""
    if request.method == "POST":
        try:
            channel_code_send(actor=request.actor, channel_id=channel_id, now=database_now())
        except DomainError as error:
            return _page(request, problems={channel_id: error}, status=error.status)
        messages.success(request, _("A new code is on its way."))
    return redirect("portal:channels")


@staff_only
def channel_remove_page(request: StaffRequest, channel_id: int) -> HttpResponse:
    """Remove a channel."""
    if request.method == "POST":
        try:
            channel_remove(actor=request.actor, channel_id=channel_id, now=database_now())
        except DomainError as error:
            return _page(request, problems={channel_id: error}, status=error.status)
        messages.success(request, _("Removed."))
    return redirect("portal:channels")


@staff_only
def choices(request: StaffRequest) -> HttpResponse:
    """Keep what should ring where."""
    if request.method == "POST":
        chosen = {group: row_numbers(request.POST.getlist(group))[:5] for group in Group}
        choices_set(actor=request.actor, chosen=chosen)
        messages.success(request, _("Saved. Thank you."))
    return redirect("portal:channels")


def _page(
    request: StaffRequest,
    *,
    form: ChannelForm | None = None,
    problems: Mapping[int, object] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    own = list(channels_of(actor=request.actor).order_by("id"))
    if form is not None and form.is_bound:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {
        "form": form or ChannelForm(),
        "kinds": CHANNEL_KINDS.items(),
        "cards": channel_cards(channels=own, problems=problems or {}),
        "choices": choice_cards(channels=own, choices=choices_of(actor=request.actor)),
    }
    return staff_page(request, "channels", context, section="notices", status=status)
