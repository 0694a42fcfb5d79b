"""Files made of figures and of the tickets behind them: asked for, watched while they are made, and taken."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from backend.accounts.models import User
from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.insights.export_answers import export_response
from backend.insights.models import Export
from backend.insights.selectors.exports import export_open, exports_of
from backend.insights.selectors.extents import reach_of
from backend.insights.services.exporting import ExportDraft, export_ask
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.figure_choice import chosen_of
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest
from backend.portal.views.figures import section_of

LOOK_AGAIN_SECONDS = 3
MOST_SHOWN = 20


@permitted(Permission.FIGURES_READ)
@require_GET
def figure_files(request: StaffRequest) -> HttpResponse:
    """List the reader's files of the last day; the page asks again while one is being made."""
    now = database_now()
    files = list(exports_of(actor=request.actor, now=now).order_by("-asked_at", "id")[:MOST_SHOWN])
    answer = staff_page(request, "figure_files", {"files": files}, section=section_of(request))
    if any(file.ready_at is None for file in files):
        answer.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return answer


@permitted(Permission.FIGURES_READ)
@require_POST
def figure_file_ask(request: StaffRequest) -> HttpResponse:
    """Have a file made of what the page shows, in the reader's language."""
    now, reach, chosen = database_now(), reach_of(actor=request.actor), chosen_of(request.POST)
    kind, form = request.POST.get("kind", ""), request.POST.get("format", "")
    if kind not in Export.Kind or form not in Export.Format:
        raise NotFound
    draft = ExportDraft(kind, form, _language(), chosen.period(reach, now), chosen.narrowing(reach))
    export_ask(actor=request.actor, draft=draft, now=now)
    return redirect("portal:figure_files", permanent=False)


@permitted(Permission.FIGURES_READ)
@require_GET
def figure_file(request: StaffRequest, export_id: UUID) -> HttpResponseBase:
    """Give a file to whoever asked for it, while all in it is open to them."""
    export, content = export_open(actor=request.actor, export_id=export_id, now=database_now())
    return export_response(export=export, content=content)


def _language() -> str:
    is_english = (get_language() or "").startswith("en")
    return User.Language.ENGLISH if is_english else User.Language.CHINESE
