"""The rounds that must be there, by docs/adr/0043, 0057, 0072 and 0078 alone: made ahead, opened, answered or missed.

Nothing of the product's rounds is imported. A day is worked out anew whenever rounds are made; what has opened stays.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from tools.prove.simulate.ladders import Ladders, Subject
from tools.prove.simulate.minutes import DAY, SchoolMinutes
from tools.prove.simulate.people import ABOVE, IN_A_UNIT, NOBODY, People, Reached
from tools.prove.simulate.plans import Measure, Plan, Window, is_school_day, plans_on

AHEAD = 7
"""Rounds are made so many days ahead; the night that began yesterday goes on until this morning."""
OPENING, FIRST_OF_LADDER = 0, 2
NOT_OPENED, WAITING = frozenset({"planned", "dropped"}), frozenset({"open", "missed"})
LEADERS = frozenset({"duty_leader", "coordinator", "vice_principal", "principal"})
"""Those who excuse rounds; they know of every round of the school."""


class RoundKey(NamedTuple):
    """The name of a round: a school, a plan, a unit by its code (empty: the whole school), a day, and its turn."""

    school: UUID
    plan: str
    unit: str
    day: date
    turn: int

    @property
    def subject(self) -> Subject:
        """What its ladder belongs to."""
        return ("round", self)


@dataclass(eq=False)
class RoundTold:
    """A round as the documents say that it stands; `asked`: whom its opening reached, `named`: who of them was."""

    key: RoundKey
    plan: Plan
    window: Window
    rules: object
    state: str = "planned"
    asked: Reached = NOBODY
    named: UUID | None = None
    opened_at: datetime | None = None
    answers: list[tuple[UUID, datetime, str]] = field(default_factory=list)
    excused_by: UUID | None = None

    def stands(self) -> tuple[object, ...]:
        """Return all that the database keeps of it, but for who was asked."""
        times = (self.window.opens_at, self.window.due_at, self.window.late_at)
        return self.state, times, self.opened_at, tuple(self.answers), self.excused_by

    def is_there(self, at: datetime) -> bool:
        """Say whether somebody finds it: its time has come, also where the engine is late."""
        return self.state not in NOT_OPENED or (self.state == "planned" and self.window.opens_at <= at)


@dataclass(eq=False)
class Site:
    """A school as plans ask it: its calendar, its units by kind, its people, and the measures of its periods."""

    school: UUID
    zone: str
    document: Mapping[str, Any]
    plans: Mapping[str, Mapping[str, Any]]
    people: People
    offices: Sequence[str]
    classes: Sequence[str]
    grades: Sequence[str]
    measures: list[Measure] = field(default_factory=list)
    edition: int = 1

    def today(self, at: datetime) -> date:
        """Return the day it is there."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def in_force(self, day: date) -> list[Measure]:
        """Return the measures of a day."""
        return [measure for measure in self.measures if measure.holds(day)]

    def asks(self, plan: Plan) -> Sequence[str]:
        """Return the codes of the units of which a plan asks a round each; an empty one for the whole school."""
        if plan.row["of"] == "school":
            return [""]
        codes = self.offices if plan.row["of"] == "offices" else self.classes
        only = plan.row.get("only") or codes
        return [code for code in only if code in codes]


class NewsKey(NamedTuple):
    """A time at which people hear of a round: what is told, and the sweep."""

    round: RoundKey
    what: str
    at: datetime


class Rounds:
    """All rounds of all schools, and who must have heard of them."""

    def __init__(self, ladders: Ladders, minutes: Mapping[UUID, SchoolMinutes]) -> None:
        self.rounds: dict[RoundKey, RoundTold] = {}
        self.heard: dict[NewsKey, Reached] = {}
        self.sites: dict[UUID, Site] = {}
        self._ladders, self._minutes = ladders, minutes
        self._ahead: dict[UUID, dict[RoundKey, RoundTold]] = {}

    def made(self, at: datetime) -> list[RoundTold]:
        """Bring the rounds of every school in step with plans, calendar and periods; return those that changed."""
        return [row for site in self.sites.values() for row in self.made_at(site, at)]

    def made_at(self, site: Site, at: datetime) -> list[RoundTold]:
        """Bring those of one school in step."""
        since = site.today(at) - DAY
        known = {key: row for key, row in self._ahead.get(site.school, {}).items() if key.day >= since}
        self._ahead[site.school] = known
        wanted, changed = dict(self._wanted(site, since)), []
        for key, (plan, window, rules) in wanted.items():
            row = known.get(key)
            if window.due_at <= at or (row is not None and not (_follows(row, at) and _differs(row, window, rules))):
                continue
            self.rounds[key] = known[key] = row = row or RoundTold(key, plan, window, rules)
            row.plan, row.window, row.rules, row.state = plan, window, rules, "planned"
            self._ladders.stop(key.subject, at, "rounds_remade")
            self._ladders.arm(key.subject, window.due, at)
            changed.append(row)
        for key, row in known.items():
            if key not in wanted and row.state == "planned" and _follows(row, at):
                row.state = "dropped"
                self._ladders.stop(key.subject, at, "rounds_remade")
                changed.append(row)
        return changed

    def _wanted(self, site: Site, since: date) -> Iterator[tuple[RoundKey, tuple[Plan, Window, object]]]:
        held = [is_school_day(site.document, since + number * DAY) for number in range(AHEAD + 3)]
        for number in range(AHEAD + 2):
            day = since + number * DAY
            measures = site.in_force(day)
            rules = (site.edition, tuple(measure.key() for measure in measures))
            for plan in plans_on(site.plans, measures):
                if held[number + plan.is_over_night]:
                    for turn, later in enumerate(plan.turns()):
                        window = plan.window(day, later, self._minutes[site.school])
                        for unit in site.asks(plan):
                            yield RoundKey(site.school, plan.code, unit, day, turn), (plan, window, rules)

    def requested(self, site: Site, code: str, units: Collection[str], *, at: datetime, due_at: datetime) -> None:
        """Take note that somebody asked offices to inspect their places: a round each, open from now on."""
        plan, day = Plan(code, site.plans[code]), site.today(at)
        for unit in units:
            turn = sum(key[:4] == (site.school, code, unit, day) for key in self.rounds)
            key = RoundKey(site.school, code, unit, day, turn)
            self.rounds[key] = RoundTold(key, plan, plan.until(at, due_at), site.edition)
            self._ladders.arm(key.subject, self.rounds[key].window.due, at)

    def swept(self, key: RoundKey, rungs: Sequence[int], now: datetime) -> None:
        """Open a round, remind whoever is asked, or count it as missed; after an outage each hears once of all."""
        row, people = self.rounds[key], self.sites[key.school].people
        if OPENING in rungs:
            row.state, row.opened_at = "open", now
            row.asked = people.reach(row.plan.asked, key.unit, now)
        if rungs[-1] >= FIRST_OF_LADDER:
            row.state = "missed"
            self._hear(row, "missed", now, self._climbed(row, rungs, now))
        elif rungs[-1] > OPENING:
            self._hear(row, "due", now, people.reach(row.plan.asked, key.unit, now))
        elif row.plan.is_on_request:
            self._hear(row, "asked", now, row.asked)

    def _climbed(self, row: RoundTold, rungs: Sequence[int], now: datetime) -> Reached:
        people, found = self.sites[row.key.school].people, NOBODY
        for number, step in enumerate(row.plan.steps, start=FIRST_OF_LADDER):
            if number in rungs or (number > rungs[-1] and not found):
                found |= people.told(step, row.key.unit, now)
        return found

    def _hear(self, row: RoundTold, what: str, now: datetime, people: Reached) -> None:
        if people:
            self.heard[NewsKey(row.key, what, now)] = people

    def refusal(self, row: RoundTold, who: "Who", how: str, at: datetime) -> str:
        """Return the code with which an answer, a correction or an excuse is refused, empty where it is not."""
        if not row.is_there(at) or not _knows(row, who):
            return "not_found"
        if how == "excuse" and not _may_excuse(row, who):
            return "not_for_excusing"
        if how != "excuse" and not _may_answer(row, who):
            return "not_asked"
        if how == "correct" and row.state != "excused":
            return "" if row.state == "answered" else "round_not_answered"
        return {"answered": "round_answered", "excused": "round_excused"}.get(row.state, "")

    def said(self, row: RoundTold, who: "Who", how: str, said: str, at: datetime) -> None:
        """Take note of an answer, of a correction beside it, or of an excuse; its ladder climbs no further."""
        if how != "correct":
            self._ladders.stop(row.key.subject, at, "excused" if how == "excuse" else "answered")
        if how == "excuse":
            row.opened_at, row.state, row.excused_by = row.opened_at or at, "excused", who.person
            return
        if row.opened_at is None:
            row.opened_at, row.asked = at, frozenset({who.person})
        row.answers.append((who.person, at, said))
        row.state = "answered"


@dataclass(frozen=True)
class Who:
    """Somebody with the roles that they hold now, each with the code of its unit, empty for the whole school."""

    person: UUID
    posts: frozenset[tuple[str, str]]

    @property
    def roles(self) -> frozenset[str]:
        """The roles, wherever they hold them."""
        return frozenset(role for role, _unit in self.posts)


def _follows(row: RoundTold, at: datetime) -> bool:
    """Say whether a round still follows its plan: it has not opened, and its time has not come."""
    return row.state == "dropped" or (row.state == "planned" and row.window.opens_at > at)


def _differs(row: RoundTold, window: Window, rules: object) -> bool:
    return row.state == "dropped" or (row.window, row.rules) != (window, rules)


def _knows(row: RoundTold, who: Who) -> bool:
    """Say whether somebody knows of a round: whoever leads, works there, or was asked of the whole school."""
    reads = LEADERS | {"board_chair"}
    is_there = bool(row.key.unit) and any(unit == row.key.unit for _role, unit in who.posts)
    return bool(reads & who.roles) or is_there or (not row.key.unit and row.named == who.person)


def _may_excuse(row: RoundTold, who: Who) -> bool:
    """Say whether somebody may excuse a round: whoever leads, and is not asked, nor was."""
    return bool(LEADERS & who.roles) and row.named != who.person and not _may_answer(row, who)


def _may_answer(row: RoundTold, who: Who) -> bool:
    """Say whether somebody is asked: by holding the plan's role, or by name while they hold it or stand in."""
    role, unit, is_named = row.plan.asked, row.key.unit, row.named == who.person
    if not unit:
        return role in who.roles or (is_named and bool(who.posts))
    if (role, unit) in who.posts:
        return True
    above = [role]
    while above[-1] in ABOVE:
        above.append(ABOVE[above[-1]])
    stands_in = any((one, unit if one in IN_A_UNIT else "") in who.posts for one in above)
    return is_named and stands_in
