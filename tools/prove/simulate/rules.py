"""The clocks of a rulebook's file, read from its words alone: how long each allows, its rungs and its repeat."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from tools.prove.simulate.minutes import SchoolMinutes

Pause = tuple[datetime, datetime]
"""From when to when a clock rested."""
Kept = Mapping[str, int]
WHOLE: Kept = MappingProxyType({})
SHORTENED = frozenset({"acknowledge", "act", "progress", "contain", "resolve", "silence"})
"""docs/adr/0078: a special period shortens these; a wait for somebody outside and the verification stay."""
SMALLER = {"d": ("h", 24), "h": ("m", 60), "m": ("s", 60)}
UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True)
class ClockRule:
    """One clock, its spans as the file writes them (4h, 5dW): `within` from its start, the rungs from its due time.

    `tells`: the roles that each rung tells.
    """

    within: str
    rungs: tuple[str, ...]
    repeat: timedelta
    tells: tuple[tuple[str, ...], ...] = field(default=(), compare=False)

    @property
    def is_working(self) -> bool:
        """Whether it asks the calendar."""
        return any(span.endswith("W") for span in (self.within, *self.rungs))

    def ladder(self, start: datetime, minutes: SchoolMinutes) -> list[datetime]:
        """Return when each rung is due for a clock that counts from this start."""
        return self.rungs_after(span_end(self.within, start, minutes), minutes)

    def rungs_after(self, due: datetime, minutes: SchoolMinutes) -> list[datetime]:
        """Return when each rung is due for a clock that is due at an instant."""
        return [span_end(rung, due, minutes) for rung in self.rungs]

    def after_pause(self, due: datetime, pause: Pause, minutes: SchoolMinutes) -> datetime:
        """Return when a rung is due after a pause: as much work after it as was left when it began."""
        paused_at, resumed_at = pause
        if due <= paused_at:
            return due
        if not self.is_working:
            return due + (resumed_at - paused_at)
        left = minutes.worked_before(due) - minutes.worked_before(paused_at)
        moved = minutes.due_after(resumed_at, left) if left else resumed_at
        if moved is None:
            raise LookupError(f"a pause until {resumed_at} leads beyond the calendar of the oracle")
        return moved


def span_end(span: str, start: datetime, minutes: SchoolMinutes) -> datetime:
    """Return the end of a span; LookupError where the calendar does not know."""
    plain = span.removesuffix("W")
    amount, unit = int(plain[:-1]), plain[-1]
    if span == plain or not amount:
        return start + amount * UNITS[unit]
    end = minutes.end_of_day(start, amount) if unit == "d" else minutes.due_after(start, amount * UNITS[unit])
    if end is None:
        raise LookupError(f"{span} after {start} lies beyond the calendar of the oracle")
    return end


def shortened(span: str, percent: int) -> str:
    """Return so many hundredths of a span, in the largest unit in which that is whole; working time is rounded down.

    At half of its time no clock that we ship comes to the least that a school may set, so none is known here.
    """
    plain = span.removesuffix("W")
    amount, unit = int(plain[:-1]), plain[-1]
    if span != plain:
        return f"{max(1, amount * percent // 100)}{unit}W"
    while amount * percent % 100 and unit in SMALLER:
        unit, parts = SMALLER[unit]
        amount *= parts
    return f"{amount * percent // 100}{unit}"


class Rulebook:
    """The clocks of every category and severity of one file."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content
        self.categories: dict[str, Mapping[str, Any]] = {row["code"]: row for row in content["categories"]}
        self._of_severity = content["clocks"]
        self._bounds = content["bounds"]
        self.parts = {name: _clock(row) for name, row in content["parts"].items()}
        self.protection = tuple(tuple(rung["tell"]) for rung in content["protection"]["rungs"])

    def clocks(self, category: str, severity: str, kept: Kept = WHOLE) -> dict[str, ClockRule]:
        """Return a ticket's clocks: those of its severity and the bounds, with what the category says otherwise.

        `kept`: how many hundredths of their time clocks of a severity keep for what is reported in a special period.
        """
        rows = {**self._of_severity[severity], **self._bounds}
        own = self.categories[category].get("clocks", {}).get(severity, {})
        found = {name: {**row, **own.get(name, {})} for name, row in rows.items()}
        for name in SHORTENED & found.keys() if severity in kept else ():
            found[name]["within"] = shortened(found[name]["within"], kept[severity])
        return {name: _clock(row) for name, row in found.items()}

    def is_sealed(self, category: str) -> bool:
        """Say whether only the case team sees what is reported in a category."""
        return self.secrecy(category) == "K2"

    def secrecy(self, category: str) -> str:
        """Return the class of a category."""
        return str(self.categories[category]["class"])

    def is_hazard(self, category: str) -> bool:
        """Say whether something dangerous is reported in a category."""
        return bool(self.categories[category]["kind"] == "hazard")

    def proofs(self, category: str) -> set[str]:
        """Return the photos and documents that have to be there before something counts as solved."""
        return set(self.categories[category].get("proof", ())) & {"photo", "document"}

    def severity(self, category: str, answers: Mapping[str, str]) -> str:
        """Return the severity of a new ticket: its category's, or the most urgent that an answer raises it to."""
        row = self.categories[category]
        raised = (said["severity"] for said in _said(row, answers) if "severity" in said)
        return min([str(row["severity"]), *map(str, raised)])

    def lead(self, category: str, answers: Mapping[str, str]) -> str:
        """Return the office that answers: the first that an answer names, else the category's own."""
        row = self.categories[category]
        return str(next((said["lead"] for said in _said(row, answers) if "lead" in said), row["lead"]))


def rulebook_read(path: Path) -> Rulebook:
    """Read a rulebook's file."""
    return Rulebook(yaml.safe_load(path.read_text(encoding="utf-8")))


def _said(row: Mapping[str, Any], answers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """Yield what the file says of each answer that was given, in the order of its questions."""
    for question in row.get("questions", ()):
        for answer in question["answers"]:
            if answers.get(question["key"]) == answer["key"]:
                yield answer


def _clock(row: Mapping[str, Any]) -> ClockRule:
    repeat: str = row["repeat"]
    tells = tuple(tuple(rung["tell"]) for rung in row["rungs"])
    rungs = tuple(rung["after"] for rung in row["rungs"])
    return ClockRule(row["within"], rungs, int(repeat[:-1]) * UNITS[repeat[-1]], tells)
