"""The shape of the section `rounds` in a rulebook file, and what makes no sense in it. Pure."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from backend.common.file_faults import Fault, Place, fault
from backend.common.file_shapes import NAME, closed, listed, text
from backend.organisation.roles import UNIT_ROLES, Role
from backend.rulebook.gate_checks import MOST_POSTS, gate_faults
from backend.rulebook.gate_rules import Edge
from backend.rulebook.question_checks import KEY
from backend.rulebook.recurring import comes_faults, comes_shape
from backend.rulebook.round_rules import AnsweredBy, ClusterScope, RoundKind, Target
from backend.rulebook.route_checks import MOST_PLACES, route_faults
from backend.rulebook.ruleset import CALENDAR_DURATION_PATTERN, Confidentiality, span_parse

PLAN_CODE = "^[A-Z][A-Z0-9_]{1,29}$"
CHECKLIST_CODE = "^CK-[A-Z][A-Z0-9-]{0,19}$"
MOST_PLANS, MOST_CHECKLISTS, MOST_ITEMS, MOST_RUNGS = 60, 60, 20, 8
MOST_CLUSTERS, MOST_CASES, MOST_CLUSTER_DAYS = 40, 1000, 31
MOST_UNITS = 1000
FEWEST_CASES = 2
"""One case is no cluster, and a ticket about it would tell of a single child."""
FOR_THE_SCHOOL = frozenset({Role.DUTY_LEADER, Role.COORDINATOR, Role.VICE_PRINCIPAL, Role.PRINCIPAL})
"""The roles that are asked for the whole school."""
LATEST = timedelta(days=1)
DURATION = {"type": "string", "pattern": CALENDAR_DURATION_PATTERN}
YES_OR_NO = {"type": "boolean"}
GATE = {
    "posts": listed(closed({"key": KEY, "name": NAME}), at_least=2, at_most=MOST_POSTS),
    "around": closed({"edge": {"enum": Edge.values}, "before": DURATION, "after": DURATION}),
    "fixed_times": YES_OR_NO,
}
"""The parts of a plan whose posts are manned while people come and go."""


def rounds_shape(
    *,
    role: Mapping[str, Any],
    roles: Mapping[str, Any],
    local_time: Mapping[str, Any],
    unit_code: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the shape of plans and checklists, whose roles, times and units are written as given."""
    rung = closed({"after": DURATION, "tell": roles, "deputies": YES_OR_NO}, optional=("deputies",))
    plan = closed(
        {
            "name": NAME,
            "kind": {"enum": RoundKind.values},
            "checklist": {"type": "string", "pattern": CHECKLIST_CODE},
            "asked": role,
            "of": {"enum": Target.values},
            "opens": local_time,
            "due": local_time,
            "late_after": DURATION,
            "rungs": listed(rung, at_least=1, at_most=MOST_RUNGS),
            "switched_off": YES_OR_NO,
            "only": listed(unit_code, at_least=1, at_most=MOST_UNITS),
            "again": closed({"every": DURATION, "until": local_time}),
            "route": {**listed(unit_code, at_least=1, at_most=MOST_PLACES), "uniqueItems": True},
            "comes": comes_shape(),
            **GATE,
            "every_day": YES_OR_NO,
        },
        optional=("switched_off", "only", "again", "route", "comes", "posts", "around", "fixed_times", "every_day"),
    )
    checklist = closed({"name": NAME, "items": listed(_item_shape(), at_least=1, at_most=MOST_ITEMS)})
    return closed(
        {
            "checklists": _named(CHECKLIST_CODE, checklist, at_most=MOST_CHECKLISTS),
            "plans": _named(PLAN_CODE, plan, at_most=MOST_PLANS),
            "clusters": _named(PLAN_CODE, _cluster_shape(), at_most=MOST_CLUSTERS),
        },
        optional=("clusters",),
    )


def _item_shape() -> dict[str, Any]:
    return closed(
        {
            "key": KEY,
            "ask": closed({"zh": text(80), "en": text(160)}),
            "kind": {"enum": AnsweredBy.values},
            "category": text(3),
            "star": {"type": "boolean"},
            "required": {"type": "boolean"},
            "delicate": {"type": "boolean"},
        },
        optional=("category", "star", "required", "delicate"),
    )


def _cluster_shape() -> dict[str, Any]:
    return closed(
        {
            "lines": listed(KEY, at_least=1, at_most=MOST_ITEMS),
            "within": {"enum": ClusterScope.values},
            "cases": {"type": "integer", "minimum": FEWEST_CASES, "maximum": MOST_CASES},
            "days": {"type": "integer", "minimum": 1, "maximum": MOST_CLUSTER_DAYS},
            "category": text(3),
        }
    )


def _named(pattern: str, shape: Mapping[str, Any], *, at_most: int) -> dict[str, Any]:
    return {
        "type": "object",
        "maxProperties": at_most,
        "propertyNames": {"pattern": pattern},
        "additionalProperties": shape,
    }


def round_faults(content: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the rounds of a rulebook, each with the place where it stands."""
    rounds = content.get("rounds", {"checklists": {}, "plans": {}})
    codes = {row["code"]: row["class"] for row in content["categories"]}
    for code, checklist in rounds["checklists"].items():
        yield from _checklist_faults(("rounds", "checklists", code), checklist, codes)
    for code, plan in rounds["plans"].items():
        place: Place = ("rounds", "plans", code)
        if plan["checklist"] not in rounds["checklists"]:
            words = _("%(key)s does not stand under checklists.")
            yield fault((*place, "checklist"), words, key=plan["checklist"])
        yield from _plan_faults(place, plan)
        yield from route_faults(place, plan)
        yield from comes_faults(place, plan)
        yield from gate_faults(place, plan, rounds["checklists"].get(plan["checklist"], {"items": []})["items"])
    yield from _cluster_faults(rounds, codes)


def _checklist_faults(place: Place, checklist: Mapping[str, Any], codes: Mapping[str, str]) -> Iterator[Fault]:
    keys = [item["key"] for item in checklist["items"]]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield fault((*place, "items"), _("%(code)s stands twice; every code is used once."), code=key)
    for item in checklist["items"]:
        below = (*place, "items", item["key"])
        if item["kind"] == AnsweredBy.YES_NO.value and item.get("category") not in codes:
            yield fault((*below, "category"), _("a no is a finding; name the category it is reported under."))
        if item["kind"] == AnsweredBy.COUNT.value and ("category" in item or "star" in item):
            yield fault(below, _("a number is no finding, so that it has neither category nor star."))
        if item["kind"] != AnsweredBy.COUNT.value and "delicate" in item:
            yield fault((*below, "delicate"), _("only a number can be delicate."))
        if item["kind"] == AnsweredBy.REPORT.value and not _is_kept_apart(item, codes):
            yield fault(
                below, _("a report of its own has a strictly confidential category, no star, and is never required.")
            )


def _is_kept_apart(item: Mapping[str, Any], codes: Mapping[str, str]) -> bool:
    return codes.get(item.get("category", "")) == Confidentiality.K2.value and not item.keys() & {"star", "required"}


def _cluster_faults(rounds: Mapping[str, Any], codes: Mapping[str, str]) -> Iterator[Fault]:
    of_classes = [plan["checklist"] for plan in rounds["plans"].values() if plan["of"] == Target.CLASSES.value]
    asked = [rounds["checklists"].get(code, {"items": []})["items"] for code in of_classes]
    counts = {item["key"] for items in asked for item in items if item["kind"] == AnsweredBy.COUNT.value}
    for code, rule in rounds.get("clusters", {}).items():
        place: Place = ("rounds", "clusters", code)
        for line in rule["lines"]:
            if line not in counts:
                yield fault((*place, "lines"), _("no class is asked for the number %(key)s."), key=line)
        if rule["category"] not in codes:
            yield fault((*place, "category"), _("name the category that a cluster is reported under."))


def _plan_faults(place: Place, plan: Mapping[str, Any]) -> Iterator[Fault]:
    if span_parse(plan["late_after"]).length > LATEST:
        yield fault((*place, "late_after"), _("a round that nobody answered is missing within a day after it was due."))
    if plan["opens"] >= plan["due"]:
        yield fault((*place, "due"), _("a round opens before it is due, on the same day."))
    if plan["of"] == Target.SCHOOL.value:
        if plan["asked"] not in FOR_THE_SCHOOL:
            yield fault((*place, "asked"), _("of the whole school somebody who answers for it is asked."))
        if "only" in plan:
            yield fault((*place, "only"), _("what is asked of the whole school is asked once."))
    elif plan["asked"] not in UNIT_ROLES:
        yield fault((*place, "asked"), _("of each office or class somebody who works there is asked."))
    lengths = [span_parse(rung["after"]).length for rung in plan["rungs"]]
    if lengths[0] or lengths != sorted(set(lengths)):
        yield fault((*place, "rungs"), _("the first rung is at 0m and each later one comes after it."))
