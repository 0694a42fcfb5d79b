"""The page of the rules while a school is set up: which rulebook, which office answers for what, what is left out."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend.accounts.proving import proof_ask
from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.models import School, Unit
from backend.organisation.permissions import Permission
from backend.organisation.selectors import units_visible
from backend.portal.access import permitted
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest, version_seen
from backend.portal.setup_rules import PRESETS, RulesForm, fit_before, fit_sent, moved_said, office_rows
from backend.portal.views.setup import school_of_administrator, setup_page
from backend.rulebook.fitting import ABOVE, Fit, may_be_left_out
from backend.rulebook.reading import ruleset_from_content
from backend.rulebook.selectors import active_version_id, content_in_use, coverage_get, ruleset_get
from backend.rulebook.training_checks import TRAININGS
from backend.setup.countries import preset_for
from backend.setup.selectors.presets import preset_of, presets, role_above
from backend.setup.selectors.rule_trial import rules_tried
from backend.setup.services.first_rules import EmergencyNumbers, rules_fitted, rules_set_up

MOST_SAID = 12
NUMBERS = ("emergency_police", "emergency_fire", "emergency_ambulance")


@permitted(Permission.CONFIGURATION_WRITE)
def rules(request: StaffRequest) -> HttpResponse:
    """Show and take the answers; choosing another rulebook shows its offices first."""
    school = school_of_administrator(request)
    every = list(units_visible(actor=request.actor).order_by("code"))
    units = [unit for unit in every if unit.kind == Unit.Kind.OFFICE]
    has_grades = any(unit.kind == Unit.Kind.GRADE for unit in every)
    own = content_in_use(school_id=school.id)
    name = _preset_name(request, school, own)
    content = presets()[name]
    usual = {"preset": name, **{field: getattr(school, field) for field in NUMBERS}}
    form = RulesForm(request.POST if request.method == "POST" else None, names=presets(), initial=usual)
    is_sent = not {"save", "confirmed"}.isdisjoint(request.POST) and form.is_valid()
    fit = (
        fit_sent(content=content, own=own, data=request.POST, school=school, units=units)
        if is_sent
        else fit_before(content=content, own=own, above=role_above(school=school, now=database_now()))
    )
    trial: dict[str, Any] = {}
    if is_sent:
        try:
            if school.live_at is not None and "confirmed" not in request.POST:
                trial = _tried(school, name, fit)
            else:
                return _taken(request, school, name, fit, form)
        except DomainError as error:
            add_refusal(form, error)
    context = {
        "form": form,
        "presets": [(key, PRESETS.get(key, key)) for key in sorted(presets(), key=[*PRESETS].index)],
        "above": [(role.value, role.label) for role in ABOVE],
        "above_chosen": fit.above,
        "offices": office_rows(content=content, school=school, units=units, chosen=fit.offices, has_grades=has_grades),
        "units": units,
        "has_grades": has_grades,
        "categories": _categories(content, fit),
        "trainings": _trainings(content, fit),
        "seen": version_seen(request) if is_sent else active_version_id(school_id=school.id),
        **trial,
    }
    return setup_page(request, "setup_rules", context, step="rules", status=400 if form.errors else 200)


def _taken(request: StaffRequest, school: School, preset: str, fit: Fit, form: RulesForm) -> HttpResponse:
    if school.live_at is not None and (asked := proof_ask(request)) is not None:
        return asked
    numbers = EmergencyNumbers(*(form.cleaned_data[field] for field in NUMBERS))
    seen = version_seen(request) if "seen" in request.POST else active_version_id(school_id=school.id)
    now = database_now()
    rules_set_up(actor=request.actor, school=school, preset=preset, fit=fit, numbers=numbers, seen=seen, now=now)
    messages.success(request, _("The rules are in use."))
    return redirect("portal:rules" if school.live_at else "portal:setup_mail")


def _tried(school: School, preset: str, fit: Fit) -> dict[str, Any]:
    """Return what other rules would change at a school that is live: tried before they are taken into use."""
    now = database_now()
    after = ruleset_from_content(rules_fitted(preset=preset, fit=fit))
    version_id = active_version_id(school_id=school.id)
    moved = rules_tried(school=school, before=ruleset_get(version_id), after=after, now=now) if version_id else []
    coverage = coverage_get(school=school, ruleset=after, since=now)
    return {"is_tried": True, "moved": [moved_said(row) for row in moved], "findings": coverage.findings[:MOST_SAID]}


def _preset_name(request: StaffRequest, school: School, own: Mapping[str, Any] | None) -> str:
    sent = request.POST.get("preset", "")
    used = preset_of(own) if own else ""
    return sent if sent in presets() else used or preset_for(school)


def _categories(content: Mapping[str, Any], fit: Fit) -> list[tuple[str, str, bool, bool]]:
    return [
        (row["code"], _name(row), row["code"] not in fit.left_out, may_be_left_out(row))
        for row in content["categories"]
    ]


def _trainings(content: Mapping[str, Any], fit: Fit) -> list[tuple[str, str, bool]]:
    return [(code, _name(row), code not in fit.ended) for code, row in content.get(TRAININGS, {}).items()]


def _name(row: Mapping[str, Any]) -> str:
    name: str = row["name"]["en" if (get_language() or "").startswith("en") else "zh"]
    return name
