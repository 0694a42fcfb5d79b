"""The page of the record: how far it is signed, what witnesses and verifications say, and answering a break."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from backend.common.clock import database_now
from backend.notary.selectors import (
    breaks_answered,
    checkpoint_told,
    may_read_findings,
    verification_held,
    verifications_broken,
)
from backend.notary.services.telling import break_answer
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.forms import TOO_LONG, CleanText
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest


class AnswerForm(forms.Form):
    """The word of somebody who looks after a break."""

    words = CleanText(
        max_length=1000, error_messages={"required": gettext_lazy("Please say what you do about it."), **TOO_LONG}
    )


@permitted(Permission.LEDGER_ANSWER)
@require_GET
def ledger(request: StaffRequest) -> HttpResponse:
    """Show how the record stands."""
    return _page(request)


@permitted(Permission.LEDGER_ANSWER)
def ledger_answer(request: StaffRequest, verification_id: int) -> HttpResponse:
    """Take somebody's word on a break; whoever loads the address of a refusal again sees the page."""
    if request.method != "POST":
        return redirect("portal:ledger")
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form, status=400)
    words = form.cleaned_data["words"]
    break_answer(actor=request.actor, verification_id=verification_id, words=words, now=database_now())
    messages.success(request, _("Noted. Nobody is told of it any more."))
    return redirect("portal:ledger")


def _page(request: StaffRequest, *, form: AnswerForm | None = None, status: int = 200) -> HttpResponse:
    signed = checkpoint_told()
    lines = "".join(one.line for one in signed.cosignatures.order_by("id")) if signed else ""
    context = {
        "signed": signed,
        "note": f"{signed.note}{lines}" if signed else "",
        "witnesses": signed.cosignatures.count() if signed else 0,
        "held": verification_held(),
        "full": verification_held(is_full=True),
        "broken": verifications_broken(),
        "answered": breaks_answered(actor=request.actor),
        "may_read_findings": may_read_findings(actor=request.actor),
        "form": form,
    }
    return staff_page(request, "ledger", context, section="manage", status=status)
