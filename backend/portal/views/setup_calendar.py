"""The calendar's page of setting a school up: a few answers, then the holidays that follow from them."""

from datetime import date
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from backend.calendars.country_holidays import holidays_proposed
from backend.calendars.public_holidays import public_days
from backend.common.clock import database_now
from backend.organisation.models import School
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.requests import StaffRequest
from backend.portal.setup_calendar import COUNTRIES, CalendarForm, first_answers
from backend.portal.views.setup import school_of_administrator, setup_page
from backend.setup.calendar_answers import CHINA
from backend.setup.countries import country_of
from backend.setup.services.first_calendar import calendar_set_up


@permitted(Permission.CALENDAR_WRITE)
def calendar(request: StaffRequest) -> HttpResponse:
    """Ask for the school year, propose the holidays, and store both; what stands is changed in the administration."""
    school = school_of_administrator(request)
    if school.calendar_id is not None:
        return _standing(request, school)
    now = database_now()
    today = now.astimezone(ZoneInfo(school.time_zone)).date()
    usual = first_answers(today=today, country=country_of(school))
    form = CalendarForm(request.POST if request.method == "POST" else None, initial=usual)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, {})
    proposed = _proposed(form)
    if "save" not in request.POST:
        return _page(request, form, proposed)
    kept = {day: note for day, note in proposed.items() if f"{day}" in request.POST.getlist("closed")}
    closed = {} if form.cleaned_data["country"] == CHINA else kept
    calendar_set_up(actor=request.actor, school=school, answers=form.answers(closed), now=now)
    messages.success(request, _("The calendar is stored."))
    return redirect("portal:setup_rules")


def _proposed(form: CalendarForm) -> dict[date, str]:
    """Return the holidays from the first day of the school year on, each with its name."""
    years, country = form.years(), form.cleaned_data["country"]
    if country == CHINA:
        found = {day: public.note for year in years for day, public in public_days(year=year).items()}
    else:
        found = dict(holidays_proposed(country=country, years=years))
    return {day: note for day, note in found.items() if day >= form.cleaned_data["first_1"]}


def _page(request: StaffRequest, form: CalendarForm, proposed: dict[date, str]) -> HttpResponse:
    context = {
        "form": form,
        "countries": COUNTRIES.items(),
        "weekdays": [(f"{number}", name) for number, name in WEEKDAYS.items()],
        "chosen": [f"{number}" for number in form["weekdays"].value() or []],
        "proposed": proposed,
        "follows_table": form.is_bound and form.data.get("country") == CHINA,
        "is_second": form.is_bound and form.is_valid(),
    }
    return setup_page(request, "setup_calendar", context, step="calendar", status=400 if form.errors else 200)


def _standing(request: StaffRequest, school: School) -> HttpResponse:
    found = school.calendar
    days = found.days.count() if found else 0
    context = {"calendar": found, "terms": found.terms.order_by("first") if found else [], "days": days}
    return setup_page(request, "setup_calendar_standing", context, step="calendar")
