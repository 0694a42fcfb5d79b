"""The page of standard replies: read by staff, and edited by whoever looks after the school's rules."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from backend.common.errors import DomainError, NotFound
from backend.organisation.permissions import Permission
from backend.portal.access import permitted, staff_only
from backend.portal.cards import is_chinese
from backend.portal.forms import CleanLine
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest
from backend.rulebook.models import LONGEST_REPLY
from backend.rulebook.replies import ReplyDraft, replies_of, reply_put, reply_remove
from backend.rulebook.selectors import categories_of


class ReplyForm(forms.Form):
    """A reply in both languages, for one category or for every one."""

    category = forms.CharField(required=False, max_length=3)
    text_zh = CleanLine(max_length=LONGEST_REPLY)
    text_en = CleanLine(max_length=LONGEST_REPLY)

    def draft(self) -> ReplyDraft:
        """Return what was typed."""
        return ReplyDraft(**{name: self.cleaned_data[name] for name in ("category", "text_zh", "text_en")})


@staff_only
def replies(request: StaffRequest) -> HttpResponse:
    """Show the replies, of one category where the address names it."""
    return _page(request, ReplyForm())


@permitted(Permission.CONFIGURATION_WRITE)
def reply_save(request: StaffRequest, reply_id: UUID | None = None) -> HttpResponse:
    """Add a reply, or change one; what is wrong is shown with everything that was typed."""
    if request.method != "POST":
        return redirect("portal:replies")
    form = ReplyForm(request.POST)
    if form.is_valid():
        try:
            reply_put(actor=request.actor, reply_id=reply_id, draft=form.draft())
        except NotFound:
            raise
        except DomainError as error:
            add_refusal(form, error)
    if form.errors:
        return _page(request, form, edited=reply_id)
    messages.success(request, _("Saved. Thank you."))
    return redirect("portal:replies")


@permitted(Permission.CONFIGURATION_WRITE)
def reply_take_away(request: StaffRequest, reply_id: UUID) -> HttpResponse:
    """Remove a reply."""
    if request.method == "POST":
        reply_remove(actor=request.actor, reply_id=reply_id)
        messages.success(request, _("It was removed."))
    return redirect("portal:replies")


def _page(request: StaffRequest, form: ReplyForm, *, edited: UUID | None = None) -> HttpResponse:
    names = {row.code: row.name_zh if is_chinese() else row.name_en for row in categories_of(actor=request.actor)}
    rows = replies_of(actor=request.actor, category=request.GET.get("category"))
    context: dict[str, Any] = {
        "replies": [(row, names.get(row.category, row.category)) for row in rows],
        "categories": list(names.items()),
        "form": form,
        "edited": edited,
        "may_edit": request.actor.may(Permission.CONFIGURATION_WRITE),
    }
    return staff_page(request, "replies", context, section="manage", status=400 if form.errors else 200)
