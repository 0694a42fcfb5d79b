"""What a rulebook file must look like before it can become a version. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from backend.common.file_shapes import NAME, closed, listed, shape_errors
from backend.organisation.roles import Role
from backend.rulebook.ruleset import DURATION_PATTERN, ClockName, Confidentiality, Kind, Severity, span_parse

DURATION = {"type": "string", "pattern": DURATION_PATTERN}
CALENDAR_DURATION = {"type": "string", "pattern": DURATION_PATTERN.replace("W?", "")}
ON_CALENDAR_TIME = (Severity.P1, Severity.P2)
"""Severities of life and safety: their clocks run day and night."""
ROLES = {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": Role.values}}
CATEGORY = closed(
    {
        "code": {"type": "string", "pattern": "^[A-Z][0-9]{2}$"},
        "name": NAME,
        "kind": {"enum": Kind.values},
        "severity": {"enum": Severity.values},
        "lead": {"type": "string", "pattern": "^[a-z][a-z-]{1,39}$"},
        "class": {"enum": Confidentiality.values},
    }
)
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
PROTECTION_RUNG = closed({"tell": ROLES, "deputies": {"type": "boolean"}}, optional=("deputies",))
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Allclear rulebook",
    **closed(
        {
            "name": {"type": "string", "pattern": "^[a-z][a-z0-9-]{1,39}$"},
            "categories": listed(CATEGORY, at_least=1, at_most=200),
            "informed": closed(dict.fromkeys(Severity.values, ROLES)),
            "clocks": closed(
                {severity: closed({clock.value: CLOCK for clock in ClockName}) for severity in Severity.values}
            ),
            "protection": closed({"informed": ROLES, "rungs": listed(PROTECTION_RUNG, at_least=1, at_most=8)}),
        }
    ),
}


def rulebook_errors(content: object) -> list[str]:
    """Return what is wrong with a rulebook file, each with the place where it stands; an empty list is a good file."""
    errors = shape_errors(SCHEMA, content)
    if errors or not isinstance(content, dict):
        return errors
    return [*_repeated_codes(content), *_ladder_errors(content)]


def _repeated_codes(content: Mapping[str, Any]) -> Iterator[str]:
    codes = [row["code"] for row in content["categories"]]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield f"categories: {code} stands twice; every code is used once."


def _ladder_errors(content: Mapping[str, Any]) -> Iterator[str]:
    for severity, clocks in content["clocks"].items():
        for name, clock in clocks.items():
            where = f"clocks/{severity}/{name}"
            offsets = [span_parse(rung["after"]) for rung in clock["rungs"]]
            within = span_parse(clock["within"])
            lengths = [offset.length for offset in offsets]
            if lengths[0] or lengths != sorted(set(lengths)):
                yield f"{where}/rungs: the first rung is at 0m and each later one comes after it."
            if len({offset.measure for offset in offsets[1:]}) > 1:
                yield f"{where}/rungs: after the first, all are calendar time, all working hours or all working days."
            if not within.length or not span_parse(clock["repeat"]).length:
                yield f"{where}: within and repeat are longer than nothing."
            if severity in ON_CALENDAR_TIME and any(span.working for span in (within, *offsets)):
                yield f"{where}: {severity} runs day and night, on calendar time (no W)."
