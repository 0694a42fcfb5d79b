"""A rulebook for a school day that lasts minutes: every length of time becomes seconds, in the same order. Pure."""

from collections.abc import Mapping
from typing import Any

from backend.rulebook.ruleset import span_parse

FIVE_MINUTES = 300.0
SECONDS_OF_FIVE_MINUTES = 4.0
"""Five minutes, as they pass on a day of the usual length."""
USUAL_DAY_SECONDS = 150.0
COMPRESSION = 0.32
"""The power that brings minutes and weeks near to each other: two weeks become 56 seconds, five minutes 4."""
LENGTHS = ("within", "after", "repeat")
COUNTED = ("clusters",)
"""Counted by days of the calendar, however short the day that is played."""
LEAST_REPEAT_SECONDS = 30
"""Last rungs repeat at most so often, however short the day: every few seconds they would drown all else."""


def rulebook_in_seconds(content: Mapping[str, Any], *, day_seconds: float) -> dict[str, Any]:
    """Return the rulebook with every clock, rung and repeat scaled to a day of so many seconds."""
    scaled: dict[str, Any] = _scaled(content, day_seconds / USUAL_DAY_SECONDS)
    return scaled | {"name": f"{content['name']}-in-seconds"}


def seconds_of(text: str, *, scale: float) -> int:
    """Return the seconds a length becomes: nothing stays nothing, the longer stays the longer, one at least."""
    length = span_parse(text).length.total_seconds()
    if not length:
        return 0
    compressed = float((length / FIVE_MINUTES) ** COMPRESSION)
    return max(1, round(scale * SECONDS_OF_FIVE_MINUTES * compressed))


def acknowledge_seconds(content: Mapping[str, Any]) -> dict[str, int]:
    """Return how many seconds each severity of a scaled rulebook allows until somebody acknowledges."""
    clocks = content["clocks"]
    return {severity: int(clocks[severity]["acknowledge"]["within"].removesuffix("s")) for severity in clocks}


def _scaled(value: Any, scale: float) -> Any:
    if isinstance(value, list):
        return _in_order([_scaled(each, scale) for each in value])
    if isinstance(value, Mapping):
        return {
            key: each if key in COUNTED else _length(key, each, scale) or _scaled(each, scale)
            for key, each in value.items()
        }
    return value


def _length(key: str, value: Any, scale: float) -> str:
    if key not in LENGTHS or not isinstance(value, str):
        return ""
    least = LEAST_REPEAT_SECONDS if key == "repeat" else 0
    return f"{max(seconds_of(value, scale=scale), least)}s"


def _in_order(rows: list[Any]) -> list[Any]:
    """Return the rungs of a ladder each at least a second after the one before; other lists as they are."""
    before = -1
    for row in rows:
        if isinstance(row, dict) and "after" in row:
            before = max(before + 1, int(row["after"].removesuffix("s")))
            row["after"] = f"{before}s"
    return rows
