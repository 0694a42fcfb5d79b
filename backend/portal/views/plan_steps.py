"""Writing the steps of a response plan otherwise, and the plan with its annexes as a paper."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.models import Unit
from backend.organisation.permissions import Permission
from backend.organisation.selectors import units_visible
from backend.portal.access import permitted, staff_only
from backend.portal.pages import pdf_file, staff_page
from backend.portal.plan_paper import plan_pdf
from backend.portal.requests import StaffRequest, instant_seen
from backend.portal.step_edits import StepsForm
from backend.response.selectors.plans import draft_of, plan_find
from backend.response.services.drafting import draft_drop, draft_write
from backend.rulebook.response_reading import step_read


@permitted(Permission.RESPONSES_APPROVE)
def plan_steps(request: StaffRequest, code: str) -> HttpResponse:
    """Show the steps of a plan, or of its draft, and keep them as they are written; a refusal keeps what was typed."""
    actor, plan = request.actor, plan_find(actor=request.actor, code=code)
    draft = draft_of(actor=actor, code=code)
    steps = [step_read(row) for row in draft.steps] if draft else plan.steps
    offices = units_visible(actor=actor).filter(kind=Unit.Kind.OFFICE).order_by("code")
    sent = request.POST if request.method == "POST" else None
    form = StepsForm(sent, steps=steps, offices=[(unit.code, unit.name) for unit in offices])
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    try:
        if form.is_valid():
            seen = instant_seen(request)
            draft_write(actor=actor, code=code, steps=form.steps, seen=lambda: seen, now=database_now())
            messages.success(request, _("Saved as a draft. The plan stays as it is until somebody approves it."))
            return redirect("portal:plan", code=code)
    except DomainError as error:
        form.refuse(error)
        status = HTTPStatus(error.status)
    context = {"form": form, "rows": list(form.on_page()), "plan": plan, "draft": draft}
    context["seen"] = request.POST.get("seen", "") if sent is not None else draft.at.isoformat() if draft else ""
    return staff_page(request, "plan_steps", context, section="plans", status=status)


@permitted(Permission.RESPONSES_APPROVE)
@require_POST
def plan_draft_drop(request: StaffRequest, code: str) -> HttpResponse:
    """Throw the draft away."""
    draft_drop(actor=request.actor, code=code)
    messages.success(request, _("The draft is thrown away. The plan stays as it is."))
    return redirect("portal:plan", code=code)


@staff_only
@require_GET
def plan_paper(request: StaffRequest, code: str) -> HttpResponse:
    """Give the plan with its annexes of this day as a paper."""
    return pdf_file(plan_pdf(actor=request.actor, code=code, now=database_now()), name=code)
