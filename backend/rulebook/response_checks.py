"""The shape of the section `response_plans` in a rulebook file, and what makes no sense in it. Pure."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from backend.common.file_faults import Fault, Place, fault
from backend.common.file_shapes import NAME, closed, listed, text
from backend.organisation.roles import Role
from backend.rulebook.question_checks import KEY
from backend.rulebook.response_rules import PlanKind
from backend.rulebook.ruleset import CALENDAR_DURATION_PATTERN, Confidentiality, span_parse

RESPONSE_CODE = "^RP-[A-Z][A-Z0-9-]{0,19}$"
MOST_RESPONSES, MOST_STEPS, MOST_RUNGS, MOST_CATEGORIES, MOST_MONTHS = 40, 30, 8, 20, 36
LONGEST_ZH, LONGEST_EN = 200, 300
LATEST_STEP = timedelta(days=7)
DURATION = {"type": "string", "pattern": CALENDAR_DURATION_PATTERN}
ASKED = ("role", "office", "each_class")
OF_SCHOOL = (Role.DUTY_LEADER, Role.COORDINATOR, Role.PROTECTION_LEAD, Role.VICE_PRINCIPAL, Role.PRINCIPAL)
"""The roles of the whole school that a step can be asked of."""


def responses_shape(*, roles: Mapping[str, Any], unit_code: Mapping[str, Any]) -> dict[str, Any]:
    """Return the shape of response plans, whose roles and units are written as given."""
    words = closed({"zh": text(LONGEST_ZH), "en": text(LONGEST_EN)})
    rung = closed({"after": DURATION, "tell": roles, "deputies": {"type": "boolean"}}, optional=("deputies",))
    step = closed(
        {
            "key": KEY,
            "at": DURATION,
            "role": {"enum": [role.value for role in OF_SCHOOL]},
            "office": unit_code,
            "each_class": {"const": True},
            "do": words,
        },
        optional=ASKED,
    )
    plan = closed(
        {
            "name": NAME,
            "categories": {**listed(text(3), at_least=1, at_most=MOST_CATEGORIES), "uniqueItems": True},
            "valid_months": {"type": "integer", "minimum": 1, "maximum": MOST_MONTHS},
            "steps": listed(step, at_least=1, at_most=MOST_STEPS),
            "stand_down": words,
            "kind": {"enum": PlanKind.values},
        },
        optional=("kind",),
    )
    plans = {
        "type": "object",
        "maxProperties": MOST_RESPONSES,
        "propertyNames": {"pattern": RESPONSE_CODE},
        "additionalProperties": plan,
    }
    return closed({"rungs": listed(rung, at_least=1, at_most=MOST_RUNGS), "plans": plans})


def response_faults(content: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the response plans of a rulebook, each with the place where it stands."""
    section = content.get("response_plans")
    if section is None:
        return
    lengths = [span_parse(rung["after"]).length for rung in section["rungs"]]
    if lengths[0] or lengths != sorted(set(lengths)):
        yield fault(("response_plans", "rungs"), _("the first rung is at 0m and each later one comes after it."))
    classes = {row["code"]: row["class"] for row in content["categories"]}
    for code, plan in section["plans"].items():
        place: Place = ("response_plans", "plans", code)
        yield from _category_faults((*place, "categories"), plan["categories"], classes)
        yield from _step_faults((*place, "steps"), plan["steps"])


def _category_faults(place: Place, named: list[str], classes: Mapping[str, str]) -> Iterator[Fault]:
    for category in named:
        if category not in classes:
            yield fault(place, _("%(key)s is no category of this rulebook."), key=category)
        elif classes[category] == Confidentiality.K2.value:
            yield fault(place, _("%(key)s is known to its case team alone, and a plan asks many people."), key=category)


def _step_faults(place: Place, steps: list[Mapping[str, Any]]) -> Iterator[Fault]:
    keys = [step["key"] for step in steps]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield fault(place, _("%(code)s stands twice; every code is used once."), code=key)
    if not any(_asked(step) for step in steps):
        yield fault(place, _("a plan asks somebody for at least one of its steps."))
    for step in steps:
        below = (*place, step["key"])
        if len(_asked(step)) > 1:
            yield fault(below, _("a step is asked of one role, of one office, or of each class."))
        if span_parse(step["at"]).length > LATEST_STEP:
            yield fault((*below, "at"), _("a step is due within seven days."))
        if _asked(step) and not span_parse(step["at"]).length:
            yield fault((*below, "at"), _("whoever is asked needs a minute at least."))


def _asked(step: Mapping[str, Any]) -> list[str]:
    return [name for name in ASKED if name in step]
