"""Drawing a special period up from a kind that the rules have, and otherwise before it is approved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.permissions import Permission
from backend.organisation.selectors import units_visible
from backend.portal.access import permitted
from backend.portal.forms import token_new
from backend.portal.pages import staff_page
from backend.portal.period_forms import PeriodForm, RedrawForm, Scope
from backend.portal.period_words import measure_in_words
from backend.portal.requests import StaffRequest
from backend.portal.selectors import places_for_report
from backend.portal.services import form_once
from backend.rounds.models import Period
from backend.rounds.period_errors import PeriodNotDraft
from backend.rounds.selectors.periods import period_get, templates_of, today_of
from backend.rounds.services.periods import MeasureDraft, period_draw_up, period_redraw
from backend.rulebook.period_reading import measure_read
from backend.rulebook.period_rules import PeriodTemplate
from backend.rulebook.selectors import ruleset_get

TO_THE_MINUTE = "%Y-%m-%dT%H:%M"


@permitted(Permission.PERIODS_DECIDE)
def period_new(request: StaffRequest, code: str) -> HttpResponse:
    """Show the form of a kind of period and take what is drawn up; a refusal keeps what was typed."""
    now, actor = database_now(), request.actor
    template = _template(request, code)
    offered = [MeasureDraft(one) for one in template.measures]
    form = PeriodForm(
        _sent(request), template=template, offered=offered, **_around(request, _new(request, template, now))
    )

    def take() -> UUID:
        draft, why = form.draft(), form.cleaned_data["reason"]
        made = form_once(
            actor=actor,
            token=form.cleaned_data["token"],
            said=[*map(str, astuple(draft)), why],
            now=now,
            act=lambda: period_draw_up(actor=actor, draft=draft, words=why, now=now).id,
        )
        return UUID(made)

    return _page(request, form, take)


@permitted(Permission.PERIODS_DECIDE)
def period_redrawn(request: StaffRequest, period_id: UUID) -> HttpResponse:
    """Show a period that is not approved, and take it drawn up otherwise."""
    now, row = database_now(), period_get(actor=request.actor, period_id=period_id)
    if row.state != Period.State.DRAFT:
        raise PeriodNotDraft
    template, offered = _template(request, row.template), _offered(row)
    initial = _initial(row.name, row.goals, row.starts_on, row.ends_on, offered) | _rest(row, now)
    form = RedrawForm(_sent(request), template=template, offered=offered, **_around(request, initial))

    def take() -> UUID:
        return period_redraw(actor=request.actor, period_id=period_id, draft=form.draft(), now=now).id

    return _page(request, form, take, row=row)


def _page(request: StaffRequest, form: PeriodForm, take: Callable[[], UUID], row: Period | None = None) -> HttpResponse:
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    try:
        if form.is_valid():
            made = take()
            messages.success(request, _("Drawn up. Nothing is asked of anybody before it is approved."))
            return redirect("portal:period", period_id=made)
    except DomainError as error:
        form.refuse(error)
        status = HTTPStatus(error.status)
    plans = ruleset_get(templates_of(actor=request.actor)[0] or 0).round_plans
    measures = [
        (str(number), measure_in_words(one.measure, plans), form.asked_by(number))
        for number, one in enumerate(form.offered)
    ]
    context = {"form": form, "measures": measures, "row": row, "token": form["token"].value() or token_new()}
    return staff_page(request, "period_new", context, section="rounds", status=status)


def _template(request: StaffRequest, code: str) -> PeriodTemplate:
    template = templates_of(actor=request.actor)[1].get(code)
    if template is None or request.school is None:
        raise Http404
    return template


def _sent(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _around(request: StaffRequest, initial: Mapping[str, Any]) -> dict[str, Any]:
    """Return the units and places that a period can be for, and what its form starts from."""
    places = [(place.code, place.name) for place in places_for_report(actor=request.actor) if place.code]
    units = [(unit.code, unit.name) for unit in units_visible(actor=request.actor).order_by("kind", "code")]
    return {"scope": Scope(units, places), "initial": initial}


def _new(request: StaffRequest, template: PeriodTemplate, now: datetime) -> dict[str, Any]:
    if request.school is None:
        raise Http404
    first = today_of(request.school, now) + timedelta(days=7)
    last = first + timedelta(days=template.days - 1)
    found = _initial(template.name, template.goals, first, last, template.measures)
    return {**found, "now": now}


def _initial(name: str, goals: str, first: Any, last: Any, measures: Sequence[object]) -> dict[str, Any]:
    numbers = [str(number) for number in range(len(measures))]
    return {"name": name, "goals": goals, "starts_on": first, "ends_on": last, "measures": numbers}


def _rest(row: Period, now: datetime) -> dict[str, Any]:
    # A time that is over is no choice any more; left empty, it is as the kind of period has it.
    review = timezone.localtime(row.review_at).strftime(TO_THE_MINUTE) if row.review_at > now else ""
    return {"units": row.units, "places": row.places, "now": now, "review_at": review}


def _offered(row: Period) -> list[MeasureDraft]:
    """Return the measures of a period as they stand, with their days where these are not its own."""
    return [
        MeasureDraft(
            measure_read(one.said),
            one.starts_on if one.starts_on != row.starts_on else None,
            one.ends_on if one.ends_on != row.ends_on else None,
        )
        for one in row.measures.all()
    ]
