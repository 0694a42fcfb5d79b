"""The content of a rulebook while a special period holds: more is asked than otherwise, and never less. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from backend.duty.models import DutyShift
from backend.rulebook.clock_limits import LIMITS, rough
from backend.rulebook.fitting import ROUNDS, own_name
from backend.rulebook.period_rules import LEAST_PERCENT, MOST_PEOPLE, MOST_PERCENT, Measure, MeasureKind
from backend.rulebook.round_reading import again_read
from backend.rulebook.round_rules import ON_REQUEST, OVER_PLACES, Again, RoundKind, Target, turns_of
from backend.rulebook.route_checks import MOST_PLACES, MOST_TURNS, SHORTEST, window_length
from backend.rulebook.ruleset import ClockName, Severity, Span, span_parse

SHORTENED = (
    *(ClockName.ACKNOWLEDGE, ClockName.ACT, ClockName.PROGRESS, ClockName.CONTAIN, ClockName.RESOLVE),
    ClockName.SILENCE,
)
"""The clocks that a period shortens; a wait for somebody outside and the verification take as long as they take."""
SMALLER = {"d": ("h", 24), "h": ("m", 60), "m": ("s", 60)}


@dataclass(frozen=True, slots=True)
class Asked:
    """A measure in force, with the codes of the units and places of its period; none stand for the whole school."""

    measure: Measure
    units: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


def content_in_period(content: Mapping[str, Any], asked: Sequence[Asked]) -> dict[str, Any]:
    """Return the content with all measures in force at once; of several on the same the stricter holds.

    A measure on a plan that the rules do not have any more asks nothing.
    """
    changed = {**content, "name": own_name(content["name"])}
    percents = _percents(one.measure for one in asked)
    if percents:
        changed["clocks"] = {
            severity: _shortened(clocks, Severity(severity), percents.get(severity))
            for severity, clocks in content["clocks"].items()
        }
        changed["categories"] = [_category(row, percents) for row in content["categories"]]
    if ROUNDS in content:
        usual = content[ROUNDS]["plans"]
        plans = dict(usual)
        for one in asked:
            code = one.measure.plan
            if one.measure.kind is MeasureKind.ROUND and code in plans:
                plans[code] = plan_in_period(plans[code], one, usual=usual[code])
        changed[ROUNDS] = {**content[ROUNDS], "plans": plans}
    return changed


def measure_fault(content: Mapping[str, Any], measure: Measure) -> str:
    """Return what of a measure the rules do not have, or what it says too little or too much of; empty: nothing."""
    if measure.kind is MeasureKind.CLOCK:
        if not measure.severities or not set(measure.severities) <= set(Severity.values):
            return "severities"
        return "" if LEAST_PERCENT <= (measure.percent or 0) <= MOST_PERCENT else "percent"
    if measure.kind is MeasureKind.POST:
        if measure.shift not in DutyShift.Kind.values:
            return "shift"
        return "" if 1 <= (measure.people or 0) <= MOST_PEOPLE else "people"
    plan = content.get(ROUNDS, {"plans": {}})["plans"].get(measure.plan)
    if plan is None or RoundKind(plan["kind"]) in ON_REQUEST:
        return "plan"
    return "" if measure.every is None else _again_fault(plan, measure)


def _again_fault(plan: Mapping[str, Any], measure: Measure) -> str:
    """Return why a plan cannot come again within a day as a measure has it; empty: it can."""
    if "posts" in plan:
        return "every"
    return "" if measure.until is not None or "again" in plan else "until"


def plan_in_period(plan: Mapping[str, Any], asked: Asked, *, usual: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a plan as a measure has it besides others: held, as often at least and due as early at least.

    A plan that is held anyway goes on for all it is held for; one that is off as `usual` is held for the units of all
    periods that ask for it, its own where a period names none. A walk without a place stays off.
    """
    measure, changed = asked.measure, dict(plan)
    if RoundKind(plan["kind"]) in ON_REQUEST:
        return plan
    is_first = changed.pop("switched_off", False)
    if RoundKind(plan["kind"]) in OVER_PLACES:
        route = list(dict.fromkeys([*plan.get("route", ()), *asked.places]))[:MOST_PLACES]
        if not route:
            return plan
        changed["route"] = route
    only = _only(plan, asked, usual=usual, is_first=is_first)
    changed.pop("only", None)
    if only:
        changed["only"] = only
    if measure.due and plan["opens"] < f"{measure.due:%H:%M}" < plan["due"]:
        changed["due"] = f"{measure.due:%H:%M}"
    return {**changed, **_denser(changed, measure)}


def _only(plan: Mapping[str, Any], asked: Asked, *, usual: Mapping[str, Any], is_first: bool) -> list[str]:
    """Return the units that a plan is held for; none stand for all of its sort."""
    own: list[str] = usual.get("only", [])
    if not usual.get("switched_off", False) or plan["of"] == Target.SCHOOL.value:
        return own
    stands, wanted = set(plan.get("only", ())), {*(asked.units or own)}
    if is_first:
        return sorted(wanted)
    return sorted(stands | wanted) if stands and wanted else []


def _denser(plan: Mapping[str, Any], measure: Measure) -> dict[str, Any]:
    """Return how often it comes and until when: of what stands and what is asked the shorter and the later."""
    stands = again_read(plan["again"]) if "again" in plan else None
    untils = [one for one in (stands.until if stands else None, measure.until) if one is not None]
    if measure.every is None or not untils or "posts" in plan:
        return {}
    opens = time.fromisoformat(plan["opens"])
    until = max(untils, key=lambda one: (one < opens, one))
    least = max(SHORTEST, window_length(plan["opens"], plan["due"]))
    every = max(timedelta(minutes=measure.every), least)
    if stands is not None:
        every = min(every, stands.every)
    if stands == Again(every, until) or len(turns_of(opens, Again(every, until))) > MOST_TURNS:
        return {}
    return {"again": {"every": f"{every // timedelta(minutes=1)}m", "until": f"{until:%H:%M}"}}


def _percents(measures: Iterable[Measure]) -> dict[str, int]:
    found: dict[str, int] = {}
    for measure in measures:
        for severity in measure.severities if measure.percent else ():
            found[severity] = min(found.get(severity, 100), measure.percent or 100)
    return found


def _category(row: Mapping[str, Any], percents: Mapping[str, int]) -> Mapping[str, Any]:
    if "clocks" not in row:
        return row
    own = {key: _shortened(clocks, Severity(key), percents.get(key)) for key, clocks in row["clocks"].items()}
    return {**row, "clocks": own}


def _shortened(clocks: Mapping[str, Any], severity: Severity, percent: int | None) -> Mapping[str, Any]:
    if percent is None:
        return clocks
    return {
        name: {**clock, "within": str(span_shortened(span_parse(clock["within"]), percent, severity, ClockName(name)))}
        if name in SHORTENED and "within" in clock
        else clock
        for name, clock in clocks.items()
    }


def span_shortened(span: Span, percent: int, severity: Severity, name: ClockName) -> Span:
    """Return so much of a span, rounded down, and as long as the clock is at least; never longer than it was."""
    if span.working:
        shorter = Span(max(1, span.amount * percent // 100), span.unit, working=True)
    else:
        amount, unit = span.amount, span.unit
        while unit in SMALLER and amount * percent % 100 and amount * SMALLER[unit][1] <= 9999:  # noqa: PLR2004 - digits
            smaller, parts = SMALLER[unit]
            amount, unit = amount * parts, smaller
        shorter = Span(max(1, amount * percent // 100), unit, working=False)
    limit = LIMITS.get((severity, name))
    if limit and limit.least.working == shorter.working and rough(shorter) < rough(limit.least):
        shorter = limit.least
    return shorter if rough(shorter) < rough(span) else span
