"""Fitting the reports to somebody outside to one school: which answers spare it one, and which questions it keeps."""

from collections.abc import Iterable, Mapping
from typing import Any

UNLESS = "unless"


def questions_of_reports(content: Mapping[str, Any], category: Mapping[str, Any]) -> frozenset[str]:
    """Return the keys of the questions by whose answers a report to somebody outside is not called for."""
    clocks = content.get("outside_clocks", {})
    named = category.get("outside_clocks", ())
    return frozenset(
        key for code in named for tell in clocks.get(code, {}).get("tell", ()) for key in tell.get(UNLESS, {})
    )


def reports_fitted(content: Mapping[str, Any], categories: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Leave out of reports the answers that no category of the school asks for any more: it makes them always then."""
    kept = list(categories)
    return {
        code: {**clock, "tell": [_tell(tell, _asked(kept, code)) for tell in clock["tell"]]}
        if "tell" in clock
        else clock
        for code, clock in content.get("outside_clocks", {}).items()
    }


def _asked(categories: Iterable[Mapping[str, Any]], clock: str) -> set[tuple[str, str]]:
    return {
        (question["key"], answer["key"])
        for row in categories
        if clock in row.get("outside_clocks", ())
        for question in row.get("questions", ())
        for answer in question["answers"]
    }


def _tell(tell: Mapping[str, Any], asked: set[tuple[str, str]]) -> dict[str, Any]:
    unless = {question: answer for question, answer in tell.get(UNLESS, {}).items() if (question, answer) in asked}
    rest = {name: value for name, value in tell.items() if name != UNLESS}
    return {**rest, UNLESS: unless} if unless else rest
