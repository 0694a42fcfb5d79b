"""The shape of reports to somebody outside in a rulebook file, and what makes no sense in them. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from backend.common.file_faults import Fault, fault
from backend.common.file_shapes import NAME, closed, listed, text
from backend.rulebook.outside_rules import TOLD_BEFORE, ReportStep, Way
from backend.rulebook.question_checks import KEY
from backend.rulebook.ruleset import CALENDAR_DURATION_PATTERN, Severity, span_parse

RECIPIENT = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,29}$"}
DURATION = {"type": "string", "pattern": CALENDAR_DURATION_PATTERN}
MOST_TELLS, MOST_RUNGS, MOST_RECIPIENTS = 8, 8, 40
TELLS = listed(
    closed(
        {
            "key": KEY,
            "to": RECIPIENT,
            "way": {"enum": Way.values},
            "report": {"enum": ReportStep.values},
            "within": DURATION,
            "law": DURATION,
            "judged": {"const": True},
            "severities": {**listed({"enum": Severity.values}, at_least=1, at_most=4), "uniqueItems": True},
            "unless": {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 3,
                "propertyNames": KEY,
                "additionalProperties": text(20),
            },
        },
        optional=("law", "judged", "severities", "unless"),
    ),
    at_least=1,
    at_most=MOST_TELLS,
)


def outside_shape(*, roles: Mapping[str, Any]) -> dict[str, Any]:
    """Return the shape of recipients and of the ladder that late reports climb, whose roles are written as given."""
    recipients = {
        "type": "object",
        "maxProperties": MOST_RECIPIENTS,
        "propertyNames": RECIPIENT,
        "additionalProperties": NAME,
    }
    rung = closed({"after": DURATION, "tell": roles, "deputies": {"type": "boolean"}}, optional=("deputies",))
    return closed({"recipients": recipients, "rungs": listed(rung, at_least=1, at_most=MOST_RUNGS)})


def outside_faults(content: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the reports of a rulebook to somebody outside, each with the place where it stands."""
    section = content.get("outside")
    if section is not None:
        lengths = [span_parse(rung["after"]).length for rung in section["rungs"]]
        if lengths[0] or lengths != sorted(set(lengths)):
            yield fault(("outside", "rungs"), _("the first rung is at 0m and each later one comes after it."))
    known = {*(section["recipients"] if section else ()), TOLD_BEFORE}
    for key, clock in content.get("outside_clocks", {}).items():
        yield from _tell_faults(content, key, clock.get("tell", ()), known if section else set())


def _tell_faults(content: Mapping[str, Any], key: str, tells: Any, known: set[str]) -> Iterator[Fault]:
    keys = [tell["key"] for tell in tells]
    for twice in sorted({one for one in keys if keys.count(one) > 1}):
        yield fault(("outside_clocks", key, "tell"), _("%(code)s stands twice; every code is used once."), code=twice)
    for tell in tells:
        place = ("outside_clocks", key, "tell", tell["key"])
        if tell["to"] not in known:
            yield fault((*place, "to"), _("%(key)s does not stand under the recipients of outside."), key=tell["to"])
        within = span_parse(tell["within"]).length
        if not within or ("law" in tell and span_parse(tell["law"]).length < within):
            yield fault((*place, "within"), _("within is longer than nothing, and no longer than the law allows."))
        for question, answer in tell.get("unless", {}).items():
            if answer not in _answers_to(content, key, question):
                words = _("no category with this report asks %(question)s with the answer %(answer)s.")
                yield fault((*place, "unless"), words, question=question, answer=answer)


def _answers_to(content: Mapping[str, Any], key: str, question: str) -> set[str]:
    return {
        choice["key"]
        for row in content["categories"]
        if key in row.get("outside_clocks", ())
        for asked in row.get("questions", ())
        if asked["key"] == question
        for choice in asked["answers"]
    }
