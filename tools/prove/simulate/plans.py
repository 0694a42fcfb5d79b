"""Plans of rounds as a rulebook's file writes them, on one day at one school: docs/adr/0043, 0057 and 0078 alone.

Nothing of the product's own making is imported. Within a special period a plan is held that is off otherwise, comes as
often at least, and is due as early at least, as its measures say.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tools.prove.simulate.minutes import DAY, SchoolMinutes, day_stretches
from tools.prove.simulate.people import Step
from tools.prove.simulate.rules import UNITS

OVER_PLACES = frozenset({"patrol", "leaders_walk"})
ON_REQUEST = frozenset({"sweep", "inspection"})
"""The kinds for which somebody asks; the calendar brings none of them."""
SHORTEST = timedelta(minutes=30)
"""Turns come no closer than this."""


@dataclass(frozen=True)
class Measure:
    """One measure of a period, from its first day to its last: a plan held more often or earlier, or shorter clocks.

    `said` is as a rulebook writes it; `places` are those of the period.
    """

    first: date
    last: date
    said: Mapping[str, Any] = field(hash=False)
    places: tuple[str, ...] = ()

    def holds(self, day: date) -> bool:
        """Say whether it is in force on a day."""
        return self.first <= day <= self.last

    def key(self) -> tuple[object, ...]:
        """Return what tells rules with it from others."""
        return (*sorted((name, str(value)) for name, value in self.said.items()), self.places)


@dataclass(frozen=True)
class Window:
    """The instants at which a turn opens, is due and is missed, and of its rungs, the opening being the first."""

    opens_at: datetime
    due_at: datetime
    late_at: datetime
    due: tuple[datetime, ...]


@dataclass(frozen=True)
class Plan:
    """A plan as it is held on one day."""

    code: str
    row: Mapping[str, Any] = field(hash=False)

    @property
    def asked(self) -> str:
        """The role that answers."""
        return str(self.row["asked"])

    @property
    def is_off(self) -> bool:
        """Whether it is held for nobody."""
        return bool(self.row.get("switched_off", False))

    @property
    def is_on_request(self) -> bool:
        """Whether somebody asks for each of its rounds."""
        return self.row["kind"] in ON_REQUEST

    @property
    def steps(self) -> tuple[Step, ...]:
        """The ladder of a missed round."""
        return steps_of(self.row["rungs"])

    @property
    def is_over_night(self) -> bool:
        """Whether its turns go on into the next morning."""
        return "again" in self.row and self.row["again"]["until"] < self.row["opens"]

    def turns(self) -> list[timedelta]:
        """Return how long after the first one each turn opens."""
        if "again" not in self.row:
            return [timedelta(0)]
        again = self.row["again"]
        last = _clock(again["until"]) - _clock(self.row["opens"]) + (DAY if self.is_over_night else timedelta(0))
        every = length_of(again["every"])
        return [number * every for number in range(last // every + 1)]

    def window(self, day: date, later: timedelta, minutes: SchoolMinutes) -> Window:
        """Return a turn's window; where the clocks skip all of it, it is as long as ever, from when they have."""
        opens_at = _shown(minutes, day, _clock(self.row["opens"]) + later)
        due_at = _shown(minutes, day, _clock(self.row["due"]) + later)
        if due_at <= opens_at:
            due_at = opens_at + _clock(self.row["due"]) - _clock(self.row["opens"])
        return self.until(opens_at, due_at)

    def until(self, opens_at: datetime, due_at: datetime) -> Window:
        """Return the window between two instants, as of a round that somebody asked for."""
        late_at = due_at + length_of(self.row["late_after"])
        return Window(
            opens_at, due_at, late_at, (opens_at, due_at, *(late_at + length_of(s.after) for s in self.steps))
        )


def plans_on(plans: Mapping[str, Mapping[str, Any]], measures: Sequence[Measure]) -> Iterator[Plan]:
    """Yield the plans that the calendar brings while some measures are in force, those held for nobody left out."""
    for code, usual in plans.items():
        row = dict(usual)
        for measure in measures:
            if measure.said.get("plan") == code:
                row = _stricter(row, measure)
        plan = Plan(code, row)
        if not plan.is_off and not plan.is_on_request:
            yield plan


def is_school_day(document: Mapping[str, Any], day: date) -> bool:
    """Say whether a day has hours by an entry of its own, or by its week outside the periods of people on duty."""
    has_hours = any(opens < closes for opens, closes in day_stretches(document, day))
    entries, periods = ([_holds(row, day) for row in document.get(name, ())] for name in ("days", "periods"))
    return has_hours and (any(entries) or not any(periods))


def steps_of(rungs: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Return the steps of a ladder as a file writes them."""
    return tuple(Step(rung["after"], tuple(rung["tell"]), bool(rung.get("deputies", False))) for rung in rungs)


def length_of(span: str) -> timedelta:
    """Return a span on the calendar."""
    return int(span[:-1]) * UNITS[span[-1]]


def midnight_of(day: date, zone: str) -> datetime:
    """Return the instant at which a day begins; at no school of the simulation the clocks change at midnight."""
    return datetime.combine(day, datetime.min.time(), ZoneInfo(zone))


def _stricter(row: dict[str, Any], measure: Measure) -> dict[str, Any]:
    """Return a plan with a measure on top: of the two the earlier due time, the shorter interval, the later end."""
    said, changed = measure.said, {name: value for name, value in row.items() if name != "switched_off"}
    if row["kind"] in OVER_PLACES:
        changed["route"] = list(dict.fromkeys([*row.get("route", ()), *measure.places]))
        if not changed["route"]:
            return row
    if "due" in said:
        changed["due"] = min(said["due"], row["due"]) if said["due"] > row["opens"] else row["due"]
    if "every" in said:
        stands = row.get("again", {"every": said["every"], "until": said["until"]})
        window = _clock(changed["due"]) - _clock(changed["opens"])
        wanted = max(length_of(said["every"]), window, SHORTEST)
        shorter = min(wanted, length_of(stands["every"]))
        until = max(stands["until"], said.get("until", stands["until"]), key=lambda one: (one < row["opens"], one))
        changed["again"] = {"every": f"{shorter // timedelta(minutes=1)}m", "until": until}
    return changed


def _clock(text: str) -> timedelta:
    hour, minute = text.split(":")
    return timedelta(hours=int(hour), minutes=int(minute))


def _shown(minutes: SchoolMinutes, day: date, clock: timedelta) -> datetime:
    """Return the first instant at which the school's clocks show a time of a day, or of the one after, or later."""
    days, rest = divmod(clock, DAY)
    return minutes.first_shown(day + days * DAY, rest // timedelta(minutes=1))


def _holds(row: Mapping[str, Any], day: date) -> bool:
    return str(row["first"]) <= day.isoformat() <= str(row.get("last", row["first"]))
