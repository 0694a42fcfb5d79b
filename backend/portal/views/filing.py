"""Filing a report: the form, what was reported already at the same place, and the form again after it was refused."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import REASON_BAD_ORIGIN
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import csrf

from backend.common.clock import database_now
from backend.common.errors import Conflict, DomainError, PermissionDenied
from backend.incidents.selectors import last_used, report_get
from backend.organisation.permissions import Permission
from backend.portal.access import staff_only
from backend.portal.cards import alike_card
from backend.portal.forms import token_new
from backend.portal.found import found_card, found_chosen, found_filled_in
from backend.portal.linked_cards import followed_card
from backend.portal.pages import staff_page
from backend.portal.problems import add_refusal
from backend.portal.report_form import ReportForm, found_by, tile_of
from backend.portal.requests import StaffRequest, asks_for_json
from backend.portal.round_cards import RoundCard, round_card
from backend.portal.selectors import colleagues_for_report, place_of_code, places_for_report, tickets_alike
from backend.portal.sent_again import is_kept, sent_again_page
from backend.portal.services import finding_file_once, report_file_once
from backend.portal.views.attaching import PHOTO, take_with_report
from backend.rounds.selectors.findings import Found
from backend.rounds.selectors.route import last_visits, rounds_over
from backend.rulebook.selectors import categories_of
from backend.workflow.errors import NotAtASchool, SchoolNotReady

FROM_ELSEWHERE = REASON_BAD_ORIGIN.partition("%s")[0]
"""The beginning of the reason for which a form of another site is refused."""
CONCERNED = "persons_concerned"


class WrittenBySomebodyElse(Conflict):
    """The form was begun by another person who was signed in on the same device."""

    code = "written_by_somebody_else"
    title = gettext_lazy(
        "This report was begun by somebody else on this device. It is kept there for them, and nothing was sent."
    )


def picked(instant: datetime) -> str:
    """Return an instant as the value of a field in which a time is chosen."""
    return localtime(instant).strftime("%Y-%m-%dT%H:%M")


@staff_only
def report(request: StaffRequest) -> HttpResponse:
    """Show the form, or file what it sends and go on to the page with its reference."""
    now = database_now()
    found = found_chosen(actor=request.actor, chosen=(request.POST or request.GET).get("found", ""), now=now)
    form = _report_form(request, {} if request.method == "POST" else _initial(request, found, now), now)
    if request.method != "POST":
        return _form_page(request, form, found=found)
    if form.is_valid():
        try:
            report_id = _file(request, form, found, now)
        except DomainError as error:
            # What passes by itself refuses no report: the device that kept it sends it again.
            passes = asks_for_json(request) and error.retry_after is not None
            if passes or isinstance(error, PermissionDenied):
                raise
            add_refusal(form, error)
        else:
            if PHOTO in request.FILES:
                take_with_report(request, report=report_get(actor=request.actor, report_id=report_id), field=PHOTO)
            return _filed(request, f"{reverse('portal:report_detail', args=[report_id])}?sent=1")
    if asks_for_json(request):
        errors = [message for messages in form.errors.values() for message in messages]
        return JsonResponse({"errors": errors}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _form_page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY, found=found)


def _file(request: StaffRequest, form: ReportForm, found: Found | None, now: datetime) -> UUID:
    actor, draft, caller, token = request.actor, form.draft(), form.caller(), form.cleaned_data["token"]
    if found is None:
        return report_file_once(actor=actor, draft=draft, caller=caller, token=token, now=now)
    return finding_file_once(actor=actor, draft=draft, found=found, caller=caller, token=token, now=now)


def _filed(request: StaffRequest, receipt: str) -> HttpResponse:
    """Lead to the receipt; a script that sends what waited on a device is told where it is."""
    if asks_for_json(request):
        return JsonResponse({"address": receipt}, status=HTTPStatus.CREATED)
    return redirect(receipt)


@staff_only
def report_shell(request: StaffRequest) -> HttpResponse:
    """Show the form with its choices and with nothing of the reader but who they are, for a browser to keep."""
    form = _report_form(request, {"reporter_mode": ""}, database_now())
    context = {"form": form, "is_shell": True, "actor": request.actor, "school": request.school}
    return render(request, "portal/report_shell.html", context)


@staff_only
def report_words(request: StaffRequest) -> HttpResponse:
    """Give the words by which each category is found, for the finder of the form once somebody uses it."""
    return JsonResponse({category.code: found_by(category) for category in categories_of(actor=request.actor)})


@staff_only
def report_alike(request: StaffRequest) -> HttpResponse:
    """Show what is open of the same kind at the same place since yesterday, as far as the reader may know of it."""
    category, place_id = (request.GET.get(name, "") for name in ("category", "place"))
    found = tickets_alike(actor=request.actor, category=category, place_id=place_id, now=database_now())
    return render(request, "portal/_alike.html", {"cards": [alike_card(ticket=ticket) for ticket in found]})


@staff_only
def report_colleagues(request: StaffRequest) -> HttpResponse:
    """Show the reader's colleagues: alone for a script, without one in the form again with what was typed so far."""
    if request.method != "POST":
        return render(request, "portal/_colleagues.html", {"people": colleagues_for_report(actor=request.actor)})
    typed: dict[str, object] = {**request.POST.dict(), CONCERNED: request.POST.getlist(CONCERNED)}
    now = database_now()
    form = _report_form(request, typed, now, is_sent=False)
    form.people = colleagues_for_report(actor=request.actor)
    found = found_chosen(actor=request.actor, chosen=request.POST.get("found", ""), now=now)
    return _form_page(request, form, shows_colleagues=True, found=found)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Answer a form whose sign-in is not the one it was loaded with; what people type is offered again."""
    if request.path == reverse("portal:report"):
        return _report_again(request)
    if is_kept(request) and not reason.startswith(FROM_ELSEWHERE):
        return sent_again_page(request)
    return csrf.csrf_failure(request, reason)


@staff_only
def _report_again(request: StaffRequest) -> HttpResponse:
    now = database_now()
    form = _report_form(request, {}, now)
    form.add_error(None, _("You signed in again after you opened this form. Please send it once more."))
    found = found_chosen(actor=request.actor, chosen=request.POST.get("found", ""), now=now)
    return _form_page(request, form, status=HTTPStatus.FORBIDDEN, found=found)


def _form_page(
    request: StaffRequest,
    form: ReportForm,
    *,
    status: int = HTTPStatus.OK,
    shows_colleagues: bool = False,
    found: Found | None = None,
) -> HttpResponse:
    used = last_used(actor=request.actor)
    categories = {category.code: category for category in form.categories}
    places = {place.id: place for place in form.places}
    context = {
        "form": form,
        "shows_colleagues": shows_colleagues,
        "found": found_card(found) if found else None,
        "follows": followed_card(actor=request.actor, chosen=form["earlier"].value() or ""),
        "visits": _visits(request, form),
        "categories_used": [tile_of(categories[code]) for code in used.categories if code in categories],
        "places_used": [places[place] for place in used.places if place in places],
    }
    return staff_page(request, "report", context, section="report", status=status)


def _visits(request: StaffRequest, form: ReportForm) -> list[tuple[RoundCard, int]]:
    """Return the rounds that wait for the reader and lead over the place whose code was read, with the last visit."""
    place, now = form.initial.get("place_scanned"), database_now()
    if place is None or form.is_bound:
        return []
    rows = rounds_over(actor=request.actor, place=place, now=now)
    last = last_visits(rows=rows, place=place) if rows else {}
    return [(round_card(row=row, now=now), last.get(row.id, 0)) for row in rows]


def _report_form(
    request: StaffRequest, initial: dict[str, object], now: datetime, *, is_sent: bool = True
) -> ReportForm:
    actor = request.actor
    if actor.school_id is None:
        raise NotAtASchool
    if request.POST.get("writer", str(actor.person_id)) != str(actor.person_id):
        raise WrittenBySomebodyElse
    categories = categories_of(actor=actor)
    if not categories:
        raise SchoolNotReady
    sent = request.POST if is_sent and request.method == "POST" else None
    return ReportForm(
        sent,
        categories=categories,
        places=places_for_report(actor=actor),
        people=colleagues_for_report(actor=actor) if sent is not None else [],
        now=now,
        files_exercises=actor.may(Permission.EXERCISE_FILE),
        initial=initial,
    )


def _initial(request: StaffRequest, found: Found | None, now: datetime) -> dict[str, object]:
    token = request.GET.get("place", "")
    place = place_of_code(actor=request.actor, token=token) if token else None
    return {
        "occurred_at": picked(now),
        "token": token_new(),
        "category": request.GET.get("category", ""),
        "place": str(place.id) if place else "",
        "earlier": request.GET.get("earlier", ""),
        "place_scanned": place,
        "place_unknown": bool(token) and place is None,
        **(found_filled_in(found) if found else {}),
    }
