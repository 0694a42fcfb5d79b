"""The page of one's saved views: keeping one from the list of tickets, naming and removing them."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.common.errors import DomainError
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.forms import SavedViewForm, ViewNameForm
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest
from backend.portal.saved_views import (
    ViewDraft,
    ViewNameTaken,
    address_of,
    view_remove,
    view_rename,
    view_save,
    views_of,
)
from backend.portal.ticket_filter import filters_asked


@permitted(Permission.INBOX_READ)
def saved_views(request: StaffRequest) -> HttpResponse:
    """Show the reader's views, or keep the one that the list of tickets sends and go back to it."""
    if request.method != "POST":
        return _page(request)
    form, filters = SavedViewForm(request.POST), filters_asked(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            view = view_save(actor=request.actor, draft=ViewDraft(given["name"], given["tab"], given["q"], filters))
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved. You find it under “Filter and views” from now on."))
            return redirect(f"{reverse('portal:tickets')}?{address_of(view)}")
    return _page(request, form=form, filters=filters)


@permitted(Permission.INBOX_READ)
def saved_view_rename(request: StaffRequest, view_id: UUID) -> HttpResponse:
    """Give a view another name."""
    if request.method == "POST":
        form = ViewNameForm(request.POST)
        if form.is_valid():
            try:
                view_rename(actor=request.actor, view_id=view_id, name=form.cleaned_data["name"])
            except ViewNameTaken as error:
                add_refusal(form, error)
        if not form.is_valid():
            return _page(request, renaming={view_id: form})
        messages.success(request, _("Saved. Thank you."))
    return redirect("portal:saved_views")


@permitted(Permission.INBOX_READ)
def saved_view_remove(request: StaffRequest, view_id: UUID) -> HttpResponse:
    """Remove a view."""
    if request.method == "POST":
        view_remove(actor=request.actor, view_id=view_id)
        messages.success(request, _("Removed."))
    return redirect("portal:saved_views")


def _page(
    request: StaffRequest,
    *,
    form: SavedViewForm | None = None,
    filters: Mapping[str, Sequence[str]] | None = None,
    renaming: Mapping[UUID, ViewNameForm] | None = None,
) -> HttpResponse:
    own = views_of(actor=request.actor)
    forms = renaming or {}
    rows = [(view, address_of(view), forms.get(view.id) or ViewNameForm({"name": view.name})) for view in own]
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form or renaming else HTTPStatus.OK
    context = {"rows": rows, "form": form, "filters": filters}
    return staff_page(request, "saved_views", context, section="tickets", status=status)
