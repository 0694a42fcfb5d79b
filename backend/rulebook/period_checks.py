"""The shape of the section `periods` in a rulebook file, and what makes no sense in it. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from backend.common.file_faults import Fault, fault
from backend.common.file_shapes import NAME, closed, listed, words
from backend.duty.models import DutyShift
from backend.rulebook.period_rules import LEAST_PERCENT, MOST_PEOPLE, MOST_PERCENT, MeasureKind
from backend.rulebook.round_checks import PLAN_CODE
from backend.rulebook.ruleset import CALENDAR_DURATION_PATTERN, Severity, span_parse

MOST_TEMPLATES, MOST_MEASURES, MOST_DAYS, MOST_RUNGS = 40, 20, 120, 6
DURATION = {"type": "string", "pattern": CALENDAR_DURATION_PATTERN}


def periods_shape(*, roles: Mapping[str, Any], local_time: Mapping[str, Any]) -> dict[str, Any]:
    """Return the shape of templates, whose roles and times are written as given."""
    rung = closed({"after": DURATION, "tell": roles, "deputies": {"type": "boolean"}}, optional=("deputies",))
    template = closed(
        {
            "name": NAME,
            "goals": closed({"zh": words(300), "en": words(600)}),
            "days": {"type": "integer", "minimum": 1, "maximum": MOST_DAYS},
            "review": closed({"before": DURATION, "rungs": listed(rung, at_least=1, at_most=MOST_RUNGS)}),
            "measures": listed(_measure_shape(local_time), at_least=1, at_most=MOST_MEASURES),
        }
    )
    return {
        "type": "object",
        "maxProperties": MOST_TEMPLATES,
        "propertyNames": {"pattern": PLAN_CODE},
        "additionalProperties": template,
    }


def _measure_shape(local_time: Mapping[str, Any]) -> dict[str, Any]:
    plan = {"type": "string", "pattern": PLAN_CODE}
    severities = {**listed({"enum": Severity.values}, at_least=1, at_most=4), "uniqueItems": True}
    percent = {"type": "integer", "minimum": LEAST_PERCENT, "maximum": MOST_PERCENT}
    people = {"type": "integer", "minimum": 1, "maximum": MOST_PEOPLE}
    times = {"every": DURATION, "until": local_time, "due": local_time}
    return {
        "oneOf": [
            closed({"kind": {"const": MeasureKind.ROUND.value}, "plan": plan, **times}, optional=times.keys()),
            closed({"kind": {"const": MeasureKind.CLOCK.value}, "severities": severities, "percent": percent}),
            closed(
                {
                    "kind": {"const": MeasureKind.POST.value},
                    "shift": {"enum": DutyShift.Kind.values},
                    "people": people,
                }
            ),
        ]
    }


def period_faults(content: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the periods of a rulebook, each with the place where it stands."""
    plans = content.get("rounds", {"plans": {}})["plans"]
    for code, template in content.get("periods", {}).items():
        lengths = [span_parse(rung["after"]).length for rung in template["review"]["rungs"]]
        if lengths[0] or lengths != sorted(set(lengths)):
            place = ("periods", code, "review", "rungs")
            yield fault(place, _("the first rung is at 0m and each later one comes after it."))
        for measure in template["measures"]:
            if "plan" in measure and measure["plan"] not in plans:
                words_ = _("%(key)s does not stand under plans.")
                yield fault(("periods", code, "measures"), words_, key=measure["plan"])
