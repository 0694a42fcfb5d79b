"""Plans of rounds of a school: read in words, switched on and off, shifted, and added."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from backend.accounts.proving import proof_ask
from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.models import Unit
from backend.organisation.permissions import Permission
from backend.organisation.selectors import places_visible, units_visible
from backend.portal.access import permitted
from backend.portal.pages import staff_page
from backend.portal.plan_forms import NewPlanForm, PlanForm
from backend.portal.plan_rows import plan_lines
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest, version_seen
from backend.portal.views.setup import SECTION, school_of_administrator
from backend.rounds.selectors.plans import plan_get, plans_of
from backend.rulebook.round_rules import RoundPlan
from backend.rulebook.selectors import active_version_id, units_by_target
from backend.rulebook.services import RulebookReachesNobody
from backend.setup.services.plan_changes import plan_add, plan_change

MOST_SAID = 12


@permitted(Permission.RECORD_READ)
def plans(request: StaffRequest) -> HttpResponse:
    """Show every plan with its times, whom it asks, and its ladder."""
    school_of_administrator(request)
    lines = plan_lines(plans=plans_of(actor=request.actor), units=_units(request), places=dict(_places(request)))
    return staff_page(request, "rule_rounds", {"lines": lines}, section=SECTION)


@permitted(Permission.CONFIGURATION_WRITE)
def plan(request: StaffRequest, code: str) -> HttpResponse:
    """Show one plan and take a change of it."""
    school, stands = school_of_administrator(request), plan_get(actor=request.actor, code=code)
    form = PlanForm(_sent(request), plan=stands, units=_choices(request, stands), places=_places(request))

    def take(seen: int | None, now: datetime) -> None:
        plan_change(actor=request.actor, school=school, code=code, choice=form.choice(), seen=seen, now=now)

    return _page(request, form, stands, take)


@permitted(Permission.CONFIGURATION_WRITE)
def plan_new(request: StaffRequest, code: str) -> HttpResponse:
    """Take a plan of the school's own, which asks the same as another."""
    school, like = school_of_administrator(request), plan_get(actor=request.actor, code=code)
    form = NewPlanForm(_sent(request), plan=like, units=_choices(request, like), places=_places(request))

    def take(seen: int | None, now: datetime) -> None:
        asked: dict[str, Any] = {"like": code, "names": form.names, "choice": form.choice()}
        plan_add(actor=request.actor, school=school, seen=seen, now=now, **asked)

    return _page(request, form, like, take)


def _page(
    request: StaffRequest, form: PlanForm, stands: RoundPlan, take: Callable[[int | None, datetime], None]
) -> HttpResponse:
    findings: list[Any] = []
    if form.is_valid():
        if request.school and request.school.live_at is not None and (asked := proof_ask(request)) is not None:
            return asked
        try:
            take(version_seen(request), database_now())
        except DomainError as error:
            add_refusal(form, error)
            findings = list(error.coverage.findings[:MOST_SAID]) if isinstance(error, RulebookReachesNobody) else []
        else:
            messages.success(request, _("The plan is in use. What is open already stays as it is."))
            return redirect("portal:rule_rounds")
    seen = version_seen(request) if form.is_bound else active_version_id(school_id=request.actor.school_scope)
    context = {"form": form, "plan": stands, "seen": seen, "is_new": isinstance(form, NewPlanForm)}
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return staff_page(request, "rule_round", {**context, "findings": findings}, section=SECTION, status=status)


def _sent(request: StaffRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _units(request: StaffRequest) -> list[Unit]:
    return list(units_visible(actor=request.actor).order_by("code"))


def _places(request: StaffRequest) -> list[tuple[str, str]]:
    return [(place.code, place.name) for place in places_visible(actor=request.actor).order_by("code")]


def _choices(request: StaffRequest, stands: RoundPlan) -> list[tuple[str, str]]:
    units = _units(request)
    names = {unit.id: unit.name for unit in units}
    return [(code, names[unit_id]) for code, unit_id in units_by_target(units)[stands.target].items()]
