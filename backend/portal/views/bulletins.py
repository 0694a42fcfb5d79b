"""Weekly bulletins: what was published, one of them, and preparing and approving the next."""

from datetime import date, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.insights.limits import LONGEST_BULLETIN
from backend.insights.models import BulletinDraft
from backend.insights.selectors.bulletins import (
    bulletin_get,
    bulletins_known,
    correction_of,
    drafts_known,
    lessons_in,
)
from backend.insights.services.bulletins import BulletinWords, bulletin_prepare, bulletin_publish
from backend.insights.shapes import WEEK
from backend.organisation.permissions import Permission
from backend.portal.access import permitted, staff_only
from backend.portal.bulletin_cards import bulletin_card, week_title
from backend.portal.bulletin_paper import bulletin_pdf
from backend.portal.forms import TOO_LONG, CleanText
from backend.portal.listing import listing
from backend.portal.pages import pdf_file, staff_page
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest
from backend.workflow.affected_errors import NamesSomebody

LATEST_FIRST = ("-week", "-version", "id")


class PrepareForm(forms.Form):
    """The week, a few words about it, and of a correction what was wrong."""

    week = forms.DateField(error_messages={"required": gettext_lazy("Please choose a week.")})
    words = CleanText(required=False, max_length=LONGEST_BULLETIN, error_messages=TOO_LONG)
    reason = CleanText(required=False, max_length=LONGEST_BULLETIN, error_messages=TOO_LONG)
    although_named = forms.BooleanField(required=False)
    asks_back = False
    """Say whether the words seem to name somebody, so that it can be said that they do not."""

    def said(self) -> BulletinWords:
        """Return what was sent; any day stands for its week."""
        given = self.cleaned_data
        return BulletinWords(_monday(given["week"]), given["words"], given["reason"], given["although_named"])


class PublishForm(forms.Form):
    """The revision that was read."""

    revision = forms.IntegerField(min_value=1)


@staff_only
def bulletins(request: StaffRequest) -> HttpResponse:
    """Show what was published, and to those who prepare it what is not yet."""
    return _page(request)


@permitted(Permission.BULLETINS_PREPARE)
def bulletin_count(request: StaffRequest) -> HttpResponse:
    """Count a week that is over, and keep it with its words as a draft."""
    if request.method != "POST":
        return redirect("portal:bulletins")
    form, status = PrepareForm(request.POST), int(HTTPStatus.BAD_REQUEST)
    try:
        if form.is_valid():
            bulletin_prepare(actor=request.actor, said=form.said, now=database_now())
            may_publish = request.actor.may(Permission.BULLETINS_PUBLISH)
            mine = _("Counted. Read it below, then approve it.")
            messages.success(request, mine if may_publish else _("Counted. The principal reads and approves it."))
            return redirect("portal:bulletins")
    except DomainError as error:
        form.asks_back = isinstance(error, NamesSomebody)
        add_refusal(form, error)
        status = error.status
    return _page(request, form, status)


@permitted(Permission.BULLETINS_PUBLISH)
def bulletin_approve(request: StaffRequest, draft_id: UUID) -> HttpResponse:
    """Publish a draft in the revision that its page showed."""
    form = PublishForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect("portal:bulletins")
    revision = partial(int, form.cleaned_data["revision"])
    try:
        row = bulletin_publish(actor=request.actor, draft_id=draft_id, revision=revision, now=database_now())
    except DomainError as error:
        messages.error(request, str(error))
        return _page(request, status=error.status)
    messages.success(request, _("Published. Everybody at the school is told."))
    return redirect("portal:bulletin", bulletin_id=row.id)


@staff_only
def bulletin(request: StaffRequest, bulletin_id: UUID) -> HttpResponse:
    """Show one bulletin as it was published."""
    row = bulletin_get(actor=request.actor, bulletin_id=bulletin_id)
    [lessons] = lessons_in(school_id=row.school_id, bulletins=[row])
    context = {
        "card": bulletin_card(bulletin=row, lessons=lessons),
        "later": correction_of(bulletin=row),
        "may_prepare": request.actor.may(Permission.BULLETINS_PREPARE),
    }
    return staff_page(request, "bulletin", context, section="home")


@staff_only
def bulletin_paper(request: StaffRequest, bulletin_id: UUID) -> HttpResponse:
    """Give a bulletin as PDF."""
    row = bulletin_get(actor=request.actor, bulletin_id=bulletin_id)
    return pdf_file(bulletin_pdf(bulletin=row, now=database_now()), name=f"bulletin-{row.week:%Y-%m-%d}")


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _page(request: StaffRequest, form: PrepareForm | None = None, status: int = HTTPStatus.OK) -> HttpResponse:
    actor = request.actor
    may_prepare = actor.may(Permission.BULLETINS_PREPARE)
    drafts = list(drafts_known(actor=actor)) if may_prepare else []
    lessons = lessons_in(school_id=actor.school_scope, bulletins=drafts) if drafts else []
    found = listing(request, bulletins_known(actor=actor), ordering=LATEST_FIRST)
    context: dict[str, Any] = {
        "listing": found,
        "rows": [(row, week_title(row.week)) for row in found.rows],
        "drafts": [bulletin_card(bulletin=row, lessons=of_it) for row, of_it in zip(drafts, lessons, strict=True)],
        "may_prepare": may_prepare,
        "may_publish": actor.may(Permission.BULLETINS_PUBLISH),
        "form": form or PrepareForm(initial=_begun(request, drafts)),
    }
    return staff_page(request, "bulletins", context, section="home", status=status)


def _begun(request: StaffRequest, drafts: list[BulletinDraft]) -> dict[str, Any]:
    """Return with what the form begins: the week asked for, else the last one, and what its draft or bulletin says."""
    last = _monday(timezone.localdate(database_now())) - WEEK
    chosen = forms.DateField(required=False)
    try:
        week = _monday(chosen.clean(request.GET.get("week")) or last)
    except forms.ValidationError:
        week = last
    draft = next((one for one in drafts if one.week == week), None)
    published = None if draft else bulletins_known(actor=request.actor).filter(week=week).order_by("-version").first()
    stands = draft or published
    return {"week": week, "words": stands.words if stands else "", "reason": draft.reason if draft else ""}
