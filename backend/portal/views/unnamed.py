"""Pages for people without a name: reporting to a school, following it with a tracking code, and leaving no trace.

They ask for no cookie, set none but the language, and put what opens a report into forms, never into an address. They
need no token against forged forms: no session stands behind them that another site could use.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from backend.accounts.models import User
from backend.anonymous.codes import code_digest, code_made, code_shown, key_checked
from backend.anonymous.errors import StillSignedIn
from backend.anonymous.limits import report_count, sources_of
from backend.anonymous.opening import report_opened
from backend.anonymous.photos import photo_take
from backend.anonymous.selectors import choices_at, followed, report_again, school_at, school_taking, schools_taking
from backend.anonymous.services import deed_once, report_act_anonymous, report_file_anonymous
from backend.common.clock import database_now
from backend.common.errors import DomainError, PermissionDenied
from backend.incidents.models import Report
from backend.organisation.models import School
from backend.organisation.selectors.schools import emergency_numbers_agreed
from backend.portal.access import public
from backend.portal.language import with_language
from backend.portal.pages import waiting
from backend.portal.problems import add_refusal
from backend.portal.receipts import do_now
from backend.portal.report_form import found_by
from backend.portal.unnamed_cards import unnamed_card
from backend.portal.unnamed_forms import CodeForm, MessageForm, UnnamedReportForm, UnnamedStepForm, key_new
from backend.portal.views.filing import picked
from backend.rulebook.selectors import categories_of_school
from backend.workflow.services.unnamed import ticket_write_unnamed

FIELD, MOST_PHOTOS, WRITE = "photos", 5, "write"
Page = Callable[..., HttpResponseBase]


def unnamed(view: Page) -> Page:
    """Let anybody in but whoever says who they are; refusals become pages, and nothing tells where one came from."""

    @csrf_exempt
    @public
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        chosen = request.GET.get("language", "")
        if request.method == "GET" and chosen in User.Language:
            return with_language(redirect(request.path), chosen)
        try:
            _refuse_names(request)
            response = view(request, **kwargs)
        except StillSignedIn:
            response = render(request, "portal/unnamed_signed_in.html", status=StillSignedIn.status)
        except DomainError as error:
            response = waiting(
                render(request, "portal/unnamed_refused.html", {"error": error}, status=error.status), error
            )
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return guarded


def _refuse_names(request: HttpRequest) -> None:
    if request.user.is_authenticated:
        raise StillSignedIn
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise PermissionDenied


@unnamed
def anonymous(request: HttpRequest) -> HttpResponse:
    """Say what it is to report without a name, and lead to one's school, or to the place whose code was read."""
    token = request.GET.get("place", "")
    school = school_at(token=token) if token else None
    if school is not None:
        response = redirect("portal:anonymous_report", code=school.code)
        response.headers["Location"] += f"?place={token}"
        return response
    context = {"schools": schools_taking(), "emergency_numbers": emergency_numbers_agreed()}
    return render(request, "portal/unnamed.html", context)


@unnamed
def anonymous_report(request: HttpRequest, code: str) -> HttpResponse:
    """Show the form of one school, or file what it sends and show the tracking code, this once."""
    school = school_taking(code=code)
    with timezone.override(ZoneInfo(school.time_zone)):
        form = _form(request, school)
        if request.method == "POST" and form.is_valid():
            try:
                return _filed(request, school, form)
            except DomainError as error:
                add_refusal(form, error)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return render(request, "portal/unnamed_report.html", {"form": form, "school": school}, status=status)


@unnamed
def anonymous_words(request: HttpRequest, code: str) -> HttpResponse:  # noqa: ARG001 - given by the framework
    """Give the words by which each category of a school is found."""
    school = school_taking(code=code)
    return JsonResponse({row.code: found_by(row) for row in categories_of_school(school_id=school.id)})


@unnamed
def anonymous_leave(request: HttpRequest) -> HttpResponse:
    """Have the browser forget what it kept of this; what colleagues left on the device to be sent stays."""
    response = render(request, "portal/unnamed_left.html")
    # Of a form alone: an image on another site may name this address, and would sign whoever looks at it out.
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = '"cache", "cookies"'
    return response


@unnamed
@sensitive_post_parameters("code")
def anonymous_follow(request: HttpRequest) -> HttpResponse:
    """Ask for a tracking code, or show what it opens and carry out what its form says."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return render(request, "portal/unnamed_code.html", {"form": form}, status=400 if form.is_bound else 200)
    typed, now = form.cleaned_data["code"], database_now()
    try:
        report = report_opened(request, typed=typed, now=now)
    except DomainError as error:
        form.add_error("code", str(error))
        response = render(request, "portal/unnamed_code.html", {"form": form}, status=error.status)
        return waiting(response, error)
    return _report_page(request, report, typed)


def _form(request: HttpRequest, school: School) -> UnnamedReportForm:
    now, choices = database_now(), choices_at(school=school)
    token = request.GET.get("place", "")
    place = next((row for row in choices.places if token and row.token == token), None)
    initial: dict[str, object] = {
        "occurred_at": picked(now),
        "token": key_new(),
        "place": str(place.id) if place else "",
        "place_scanned": place,
    }
    sent = request.POST if request.method == "POST" else None
    return UnnamedReportForm(
        sent, categories=choices.categories, places=choices.places, people=[], now=now, initial=initial
    )


def _filed(request: HttpRequest, school: School, form: UnnamedReportForm) -> HttpResponse:
    now = database_now()
    made = code_made(school=str(school.id), key=key_checked(form.cleaned_data["token"]))
    report_count(school_id=school.id, sources=sources_of(request, now=now), now=now)
    report = report_file_anonymous(school=school, draft=form.draft(), digest=code_digest(made), now=now)
    context = {
        "code": code_shown(made),
        "report": report,
        "school": school,
        "do_now": do_now(report=report, school=school),
        "refused": _photos(request, report),
    }
    return render(request, "portal/unnamed_sent.html", context, status=HTTPStatus.CREATED)


def _report_page(request: HttpRequest, report: Report, typed: str) -> HttpResponse:
    with timezone.override(ZoneInfo(report.ticket.school.time_zone)):
        is_done, refusals = _acted(request, report)
        now = database_now()
        found = followed(report=report_again(report=report), now=now)
        context = {
            "card": unnamed_card(found=found, now=now),
            "code": typed,
            "refusals": refusals,
            "is_said": is_done and not refusals,
            "text": "" if is_done else request.POST.get("text", ""),
            "key": key_new(),
        }
        status = HTTPStatus.UNPROCESSABLE_ENTITY if refusals else HTTPStatus.OK
        return render(request, "portal/unnamed_followed.html", context, status=status)


def _acted(request: HttpRequest, report: Report) -> tuple[bool, list[str]]:
    """Carry out what the form says, once; return whether it was, and what was refused of it or of its photos."""
    act = request.POST.get("act", "")
    if not act:
        return False, []
    form: MessageForm | UnnamedStepForm = MessageForm(request.POST) if act == WRITE else UnnamedStepForm(request.POST)
    has_photos = bool(request.FILES.getlist(FIELD))
    if not form.is_valid() and not (act == WRITE and has_photos and not request.POST.get("text", "").strip()):
        return False, [str(error) for errors in form.errors.values() for error in errors]
    try:
        _once(request, report, act, form.cleaned_data)
    except DomainError as error:
        return False, [str(error)]
    return True, _photos(request, report) if act == WRITE else []


def _once(request: HttpRequest, report: Report, act: str, said: dict[str, str]) -> None:
    now = database_now()

    def carry_out() -> None:
        if act != WRITE:
            note = said.get("note", "")
            report_act_anonymous(report=report, name=act, note=note, although_doubtful=False, now=now)
        elif said.get("text"):
            ticket_write_unnamed(ticket_id=report.ticket_id, text=said["text"], now=now)

    deed_once(report=report, key=request.POST.get("key", ""), now=now, act=carry_out)


def _photos(request: HttpRequest, report: Report) -> list[str]:
    """Take the photos that a form sends, and return why one was not taken; their names are not even repeated."""
    refused = []
    for photo in request.FILES.getlist(FIELD)[:MOST_PHOTOS]:
        try:
            photo_take(ticket_id=report.ticket_id, content=photo.read(), now=database_now())
        except DomainError as error:
            refused.append(_("A photo was not added. %(reason)s") % {"reason": error})
    return refused
