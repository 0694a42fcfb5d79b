"""The differences between two versions of a rulebook, one line each, for the person who loads the newer. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from backend.rulebook.outside_rules import OutsideClock
from backend.rulebook.response_rules import ResponsePlan
from backend.rulebook.round_rules import Again, ClusterRule, RoundPlan
from backend.rulebook.ruleset import Category, Clock, ClockName, QuietHours, Ruleset, Rung, Severity

UNSAID = ("code", "key", "clocks")
LONG = ("checklist", "rungs", "steps")
"""Parts of a plan that are only said to have changed."""


def changes_between(*, before: Ruleset, after: Ruleset) -> list[str]:
    """Return every difference in words, categories first; an empty list for the same rules."""
    return [
        *_rows("category", before.categories, after.categories, _category_changes),
        *_clocks_changes(before, after),
        *_rows("outside clock", before.outside_clocks, after.outside_clocks, _fields_changed),
        *_rows("plan of rounds", before.round_plans, after.round_plans, _plan_changes),
        *_rows("cluster rule", before.cluster_rules, after.cluster_rules, _fields_changed),
        *_rows("response plan", before.response_plans, after.response_plans, _plan_changes),
        *_told_changes(before, after),
        *_outside_changes(before, after),
        *(f"~ kept for days: {line}" for line in _fields_changed(before.keeping, after.keeping)),
    ]


def _rows(
    what: str, before: Mapping[str, Any], after: Mapping[str, Any], compare: Callable[[Any, Any], Iterator[str]]
) -> Iterator[str]:
    yield from (f"+ {what} {key} added: {_title(after[key])}" for key in after if key not in before)
    yield from (f"- {what} {key} removed: {_title(before[key])}" for key in before if key not in after)
    for key in after:
        if key in before and (changes := list(compare(before[key], after[key]))):
            yield f"~ {what} {key}: {'; '.join(changes)}"


def _title(row: Category | OutsideClock | RoundPlan | ClusterRule | ResponsePlan) -> str:
    if isinstance(row, ClusterRule):
        days = "a day" if row.days == 1 else f"{row.days} days"
        return f"{row.cases} of {' or '.join(row.lines)} in {days} per {row.within}"
    if isinstance(row, (Category, RoundPlan, ResponsePlan)):
        return f"{row.name_zh} · {row.name_en}"
    return f"{row.trigger_zh} · {row.trigger_en}"


def _category_changes(before: Category, after: Category) -> Iterator[str]:
    yield from _fields_changed(before, after)
    for severity in Severity:
        pair = ((row.clocks or {}).get(severity, {}) for row in (before, after))
        yield from _clock_rows(f"{severity} ", *pair)


def _plan_changes(before: RoundPlan | ResponsePlan, after: RoundPlan | ResponsePlan) -> Iterator[str]:
    for field in fields(after):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new:
            yield f"{field.name} changed" if field.name in LONG else f"{field.name} {_said(old)} → {_said(new)}"


def _fields_changed(before: Any, after: Any) -> Iterator[str]:
    for field in fields(after):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if field.name not in UNSAID and old != new:
            yield f"{field.name} {_said(old)} → {_said(new)}"


def _clocks_changes(before: Ruleset, after: Ruleset) -> Iterator[str]:
    for severity in Severity:
        lines = _clock_rows(f"{severity} ", before.clocks[severity], after.clocks[severity])
        yield from (f"~ clock {line}" for line in lines)
    yield from (f"~ upper bound {line}" for line in _clock_rows("", before.bounds, after.bounds))
    yield from (f"~ part {line}" for line in _clock_rows("", before.parts, after.parts))


def _clock_rows(where: str, before: Mapping[ClockName, Clock], after: Mapping[ClockName, Clock]) -> Iterator[str]:
    for name in ClockName:
        old, new = before.get(name), after.get(name)
        if old is None and new is not None:
            yield f"{where}{name} added: within {new.within}, {_ladder(new)}"
        elif old is not None and new is None:
            yield f"{where}{name} removed: was within {old.within}"
        elif old is not None and new is not None and old != new:
            yield f"{where}{name}: {'; '.join(_clock_changes(old, new))}"


def _clock_changes(old: Clock, new: Clock) -> Iterator[str]:
    if old.within != new.within:
        yield f"within {old.within} → {new.within}"
    if (_ladder(old), old.repeat_tells_everyone) != (_ladder(new), new.repeat_tells_everyone):
        yield f"ladder {_ladder(old)} → {_ladder(new)}"


def _ladder(clock: Clock) -> str:
    everyone = " to all" if clock.repeat_tells_everyone else ""
    return f"[{', '.join(map(_rung, clock.rungs))}, then every {clock.repeat}{everyone}]"


def _rung(rung: Rung) -> str:
    return f"+{rung.after} {'deputies of ' if rung.deputies else ''}{_said(rung.tell)}"


def _told_changes(before: Ruleset, after: Ruleset) -> Iterator[str]:
    for severity in Severity:
        old, new = before.informed[severity], after.informed[severity]
        if old != new:
            yield f"~ told at once of {severity}: {_said(old)} → {_said(new)}"
        night_before, night_after = (dict(rules.at_night.get(severity, {})) for rules in (before, after))
        if night_before != night_after:
            yield f"~ at night of {severity}: {_said(night_before)} → {_said(night_after)}"
    if _protection(before) != _protection(after):
        yield f"~ protection: {_protection(before)} → {_protection(after)}"
    if before.quiet_hours != after.quiet_hours:
        yield f"~ quiet hours: {_said(before.quiet_hours)} → {_said(after.quiet_hours)}"


def _outside_changes(before: Ruleset, after: Ruleset) -> Iterator[str]:
    old, new = ([", ".join(map(_rung, rules.outside.rungs))] for rules in (before, after))
    if old != new:
        yield f"~ ladder of reports to somebody outside: {_said(old)} → {_said(new)}"


def _protection(rules: Ruleset) -> str:
    return f"{_said(rules.protection_informed)}, [{', '.join(map(_rung, rules.protection_rungs))}]"


def _said(value: object) -> str:
    if isinstance(value, QuietHours):
        return f"{value.starts:%H:%M}–{value.ends:%H:%M} for {_said(sorted(value.severities))}"
    if isinstance(value, Again):
        return f"every {value.every} until {value.until:%H:%M}"
    if isinstance(value, Mapping):
        return _said([f"{old} by {new}" for old, new in value.items()])
    if isinstance(value, (tuple, list)):
        return " + ".join(map(str, value)) or "nobody"
    return str(value) if value not in (None, "") else "none"
