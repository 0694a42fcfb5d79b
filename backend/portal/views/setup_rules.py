"""The page of the rules while a school is set up: which rulebook, which office answers for what, what is left out."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.models import School, Unit
from backend.organisation.permissions import Permission
from backend.organisation.selectors import units_visible
from backend.portal.access import permitted
from backend.portal.problems import add_refusal
from backend.portal.requests import StaffRequest
from backend.portal.setup_rules import PRESETS, RulesForm, fit_before, fit_sent, office_rows
from backend.portal.views.setup import school_of_administrator, setup_page
from backend.rulebook.fitting import ABOVE, Fit, may_be_left_out
from backend.rulebook.selectors import content_in_use
from backend.setup.selectors.presets import bureau_has_people, presets
from backend.setup.services.first_rules import EmergencyNumbers, rules_set_up

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
    is_sent = "save" in request.POST and form.is_valid()
    fit = (
        fit_sent(content=content, data=request.POST, school=school, units=units)
        if is_sent
        else fit_before(content=content, own=own, has_bureau=bureau_has_people(school=school))
    )
    if is_sent:
        numbers = EmergencyNumbers(*(form.cleaned_data[field] for field in NUMBERS))
        try:
            rules_set_up(actor=request.actor, school=school, preset=name, fit=fit, numbers=numbers, now=database_now())
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The rules are in use."))
            return redirect("portal:setup_mail")
    context = {
        "form": form,
        "presets": [(key, PRESETS.get(key, key)) for key in presets()],
        "above": [(role.value, role.label) for role in ABOVE],
        "above_chosen": fit.above,
        "offices": office_rows(content=content, units=units, chosen=fit.offices, has_grades=has_grades),
        "units": units,
        "has_grades": has_grades,
        "categories": _categories(content, fit),
    }
    return setup_page(request, "setup_rules", context, step="rules", status=400 if form.errors else 200)


def _preset_name(request: StaffRequest, school: School, own: Mapping[str, Any] | None) -> str:
    sent = request.POST.get("preset", "")
    fitting = [name for name in presets() if own and own["name"].startswith(name[:36])]
    used = max(fitting, key=len, default="")
    usual = "cn-school" if school.time_zone == "Asia/Shanghai" else "international"
    return sent if sent in presets() else used or usual


def _categories(content: Mapping[str, Any], fit: Fit) -> list[tuple[str, str, bool, bool]]:
    reads = "en" if (get_language() or "").startswith("en") else "zh"
    return [
        (row["code"], row["name"][reads], row["code"] not in fit.left_out, may_be_left_out(row))
        for row in content["categories"]
    ]
