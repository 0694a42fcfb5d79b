"""Checks of a rulebook file, all of which it passes before it becomes a version. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from backend.calendars.validation import CLOSING
from backend.common.file_faults import Fault, Place, fault, shape_faults
from backend.common.file_shapes import NAME, closed, listed, text, words
from backend.organisation.roles import Role
from backend.rulebook.keeping import KEEPING_SHAPE, keeping_faults
from backend.rulebook.marks import Mark
from backend.rulebook.outside_checks import TELLS, outside_faults, outside_shape
from backend.rulebook.period_checks import period_faults, periods_shape
from backend.rulebook.proofs import PROOFS_SHAPE
from backend.rulebook.question_checks import question_faults, questions_shape
from backend.rulebook.response_checks import response_faults, responses_shape
from backend.rulebook.round_checks import round_faults, rounds_shape
from backend.rulebook.ruleset import (
    BOUNDS,
    CALENDAR_DURATION_PATTERN,
    DURATION_PATTERN,
    MAY_BE_MISSING,
    NEVER_WAITS,
    PARTS,
    ClockName,
    Confidentiality,
    Kind,
    Severity,
    span_parse,
)
from backend.rulebook.training_checks import TRAININGS, training_faults, trainings_shape
from backend.rulebook.wording import Emergency, Group

ON_CALENDAR_TIME = (Severity.P1, Severity.P2)
"""Severities of life and safety: their clocks run day and night."""
UPPER_BOUND = "bound"
BOUND_RUNS = _("An upper bound runs day and night, on calendar time (no W).")
CATEGORY_CODE = "^[A-Z][0-9]{2}$"
OUTSIDE_CLOCK_KEY = "^[A-Z][A-Z0-9-]{0,19}$"
UNIT_CODE = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"}
DURATION = {"type": "string", "pattern": DURATION_PATTERN}
CALENDAR_DURATION = {"type": "string", "pattern": CALENDAR_DURATION_PATTERN}
LOCAL_TIME = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
LONG_NAME = closed({"zh": words(1000), "en": words(1000)})
COUNTRY = {"type": "string", "pattern": "^[A-Z]{2}$"}
ROLE = {"enum": Role.values}
ROLES = {"type": "array", "minItems": 1, "uniqueItems": True, "items": ROLE}
SEVERITY = {"enum": Severity.values}


def _in_both(longest: int, *, at_most: int) -> dict[str, Any]:
    """Return for each language the shape of a list of texts, none of which stands twice."""
    texts = {**listed(text(longest), at_least=1, at_most=at_most), "uniqueItems": True}
    return {"zh": texts, "en": texts}


CALL = {"type": "array", "uniqueItems": True, "items": {"enum": Emergency.values}}


def _by_severity(shape: Mapping[str, Any]) -> dict[str, Any]:
    return closed(dict.fromkeys(Severity.values, shape), optional=Severity.values)


RUNG = closed({"after": DURATION, "tell": ROLES, "deputies": {"type": "boolean"}}, optional=("deputies",))
CLOCK = closed(
    {
        "within": DURATION,
        "rungs": listed(RUNG, at_least=1, at_most=8),
        "repeat": CALENDAR_DURATION,
        "repeat_tells": {"enum": ["everyone"]},
    },
    optional=("repeat_tells",),
)
OWN_CLOCK = closed(
    {"within": DURATION, "rungs": listed(RUNG, at_least=1, at_most=8), "repeat": CALENDAR_DURATION},
    optional=("rungs", "repeat"),
)
CATEGORY = closed(
    {
        "code": {"type": "string", "pattern": CATEGORY_CODE},
        "name": NAME,
        "group": {"enum": Group.values},
        "kind": {"enum": Kind.values},
        "severity": SEVERITY,
        "lead": UNIT_CODE,
        "support": {**listed(UNIT_CODE, at_most=8), "uniqueItems": True},
        "class": {"enum": Confidentiality.values},
        "outside_clocks": {
            **listed({"type": "string", "pattern": OUTSIDE_CLOCK_KEY}, at_most=8),
            "uniqueItems": True,
        },
        "clocks": _by_severity(
            closed({clock.value: OWN_CLOCK for clock in ClockName}, optional=[clock.value for clock in ClockName])
        ),
        "note": LONG_NAME,
        "synonyms": closed(_in_both(40, at_most=30)),
        "examples": closed(_in_both(120, at_most=6)),
        "do_now": closed({"call": CALL, **_in_both(200, at_most=4)}, optional=("call",)),
        "questions": questions_shape(unit_code=UNIT_CODE),
        "proof": PROOFS_SHAPE,
    },
    optional=(
        *("support", "outside_clocks", "clocks", "note", "group", "synonyms", "examples", "do_now", "questions"),
        "proof",
    ),
)
OUTSIDE_CLOCK = closed(
    {
        "trigger": LONG_NAME,
        "to": LONG_NAME,
        "within": CALENDAR_DURATION,
        "deadline": LONG_NAME,
        "source": LONG_NAME,
        "mark": {"enum": Mark.values},
        "country": COUNTRY,
        "checked_on": {"type": "string", "format": "date"},
        "reminds": ROLES,
        "tell": TELLS,
    },
    optional=("within", "country", "tell"),
)
PROTECTION_RUNG = closed({"tell": ROLES, "deputies": {"type": "boolean"}}, optional=("deputies",))


def _clocks_of(severity: Severity) -> dict[str, Any]:
    """Return the shape of a severity's clocks; one that never waits can have no clock for it."""
    without = {*BOUNDS, *PARTS, *([ClockName.WAIT] if severity in NEVER_WAITS else [])}
    names = [clock for clock in ClockName if clock not in without]
    return closed(
        {clock.value: CLOCK for clock in names}, optional=[clock.value for clock in names if clock in MAY_BE_MISSING]
    )


SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Allclear rulebook",
    **closed(
        {
            "name": {"type": "string", "pattern": "^[a-z][a-z0-9-]{1,39}$"},
            "quiet_hours": closed({"starts": LOCAL_TIME, "ends": CLOSING, "severities": listed(SEVERITY, at_most=4)}),
            "at_night": _by_severity(
                {"type": "object", "propertyNames": ROLE, "additionalProperties": ROLE, "minProperties": 1}
            ),
            "categories": listed(CATEGORY, at_least=1, at_most=200),
            "informed": closed(dict.fromkeys(Severity.values, ROLES)),
            "clocks": closed({severity.value: _clocks_of(severity) for severity in Severity}),
            "bounds": closed({clock.value: CLOCK for clock in BOUNDS}),
            "parts": closed({clock.value: CLOCK for clock in PARTS}, optional=[clock.value for clock in PARTS]),
            "protection": closed({"informed": ROLES, "rungs": listed(PROTECTION_RUNG, at_least=1, at_most=8)}),
            "outside_clocks": {
                "type": "object",
                "maxProperties": 60,
                "propertyNames": {"pattern": OUTSIDE_CLOCK_KEY},
                "additionalProperties": OUTSIDE_CLOCK,
            },
            "rounds": rounds_shape(role=ROLE, roles=ROLES, local_time=LOCAL_TIME, unit_code=UNIT_CODE),
            "response_plans": responses_shape(roles=ROLES, unit_code=UNIT_CODE),
            "periods": periods_shape(roles=ROLES, local_time=LOCAL_TIME),
            "outside": outside_shape(roles=ROLES),
            TRAININGS: trainings_shape(roles=ROLES, unit_code=UNIT_CODE),
            "keeping": KEEPING_SHAPE,
        },
        optional=(
            *("at_night", "outside_clocks", "parts", "rounds", "response_plans", "periods", "outside"),
            *(TRAININGS, "keeping"),
        ),
    ),
}


def schema_text() -> str:
    """Return the schema as the file that editors read."""
    return json.dumps(SCHEMA, ensure_ascii=False, indent=2) + "\n"


def rulebook_errors(content: object) -> list[str]:
    """Return what is wrong with a rulebook file, each with the place where it stands; an empty list is a good file."""
    return [str(one) for one in rulebook_faults(content)]


def rulebook_faults(content: object) -> list[Fault]:
    """Return the same as faults that can be told in the language of whoever reads."""
    faults = shape_faults(SCHEMA, content)
    if faults or not isinstance(content, dict):
        return faults
    found = [*_repeated_codes(content), *_unknown_outside_clocks(content), *_own_clock_faults(content)]
    found += [*_night_faults(content), *question_faults(content), *round_faults(content)]
    found += [*response_faults(content), *period_faults(content), *outside_faults(content), *keeping_faults(content)]
    found += training_faults(content)
    for severity, clocks in content["clocks"].items():
        for name, clock in clocks.items():
            found += _clock_faults(("clocks", severity, name), clock, day_and_night=_day_and_night(severity, name))
    for name, clock in content["bounds"].items():
        found += _clock_faults(("bounds", name), clock, day_and_night=UPPER_BOUND)
    for name, clock in content.get("parts", {}).items():
        found += _clock_faults(("parts", name), clock, day_and_night="")
    return found


def _day_and_night(severity: str, clock: str) -> str:
    """Return what cannot use working time; how long an outside party may take is counted in its working days."""
    return severity if severity in ON_CALENDAR_TIME and clock != ClockName.WAIT else ""


def _repeated_codes(content: Mapping[str, Any]) -> Iterator[Fault]:
    codes = [row["code"] for row in content["categories"]]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield fault(("categories",), _("%(code)s stands twice; every code is used once."), code=code)


def _night_faults(content: Mapping[str, Any]) -> Iterator[Fault]:
    night = content.get("quiet_hours", {})
    if (night.get("starts"), night.get("ends")) == ("00:00", "24:00"):
        yield fault(("quiet_hours", "ends"), _("quiet hours leave a part of the day: what waits would wait for ever."))


def _unknown_outside_clocks(content: Mapping[str, Any]) -> Iterator[Fault]:
    known = content.get("outside_clocks", {})
    for row in content["categories"]:
        for key in row.get("outside_clocks", ()):
            if key not in known:
                words = _("%(key)s does not stand under outside_clocks.")
                yield fault(("categories", row["code"], "outside_clocks"), words, key=key)


def _own_clock_faults(content: Mapping[str, Any]) -> Iterator[Fault]:
    for row in content["categories"]:
        for severity, clocks in row.get("clocks", {}).items():
            for name, own in clocks.items():
                place = ("categories", row["code"], "clocks", severity, name)
                usual = {**content["clocks"][severity], **content["bounds"]}.get(name)
                if usual is None:
                    words = _("%(severity)s has no such clock that a category could change.")
                    yield fault(place, words, severity=severity)
                else:
                    bound = UPPER_BOUND if name in BOUNDS else _day_and_night(severity, name)
                    yield from _clock_faults(place, {**usual, **own}, day_and_night=bound)


def _clock_faults(place: Place, clock: Mapping[str, Any], *, day_and_night: str) -> Iterator[Fault]:
    offsets = [span_parse(rung["after"]) for rung in clock["rungs"]]
    within = span_parse(clock["within"])
    lengths = [offset.length for offset in offsets]
    if lengths[0] or lengths != sorted(set(lengths)):
        yield fault((*place, "rungs"), _("the first rung is at 0m and each later one comes after it."))
    if len({offset.measure for offset in offsets[1:]}) > 1:
        words = _("after the first, all are calendar time, all working hours or all working days.")
        yield fault((*place, "rungs"), words)
    if not within.length or not span_parse(clock["repeat"]).length:
        yield fault(place, _("within and repeat are longer than nothing."))
    if day_and_night and any(span.working for span in (within, *offsets)):
        is_bound = day_and_night == UPPER_BOUND
        words = BOUND_RUNS if is_bound else _("%(severity)s runs day and night, on calendar time (no W).")
        yield fault(place, words, **({} if is_bound else {"severity": day_and_night}))
