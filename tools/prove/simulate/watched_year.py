"""The events beside the tickets in a simulated year: rounds, contact tests, rosters, started plans, one period."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

from tools.prove.simulate.cases import DAY, HOUR, MINUTE
from tools.prove.simulate.duties import TaskTold, TestKey
from tools.prove.simulate.people import Shift
from tools.prove.simulate.plans import OVER_PLACES
from tools.prove.simulate.rounds import RoundKey, RoundTold, Site
from tools.prove.simulate.told import OVER
from tools.prove.simulate.watch import BAD, WELL, Watch
from tools.prove.simulate.watch_duties import (
    BEFORE,
    answer_test,
    ask_by_hand,
    ask_planned,
    do_step,
    end_plan,
    rule_set,
    start_plan,
    swap,
)
from tools.prove.simulate.year import BEGIN, Year, is_free

SKIPPED = 0.05
"""So often the daily task does not run; rounds are made a week ahead, so that none is lost by it."""
WAYS = {"in time": 50, "late": 10, "never": 20, "excused": 6, "by a stranger": 5, "early": 4, "twice": 5}
CORRECTED, WELL_SAID, WELL_WALKED, BY_NAME = 0.15, 0.8, 0.3, 0.3
TESTED = {"in time": 55, "late": 20, "never": 10, "taken back": 10}
STEPS_DONE, PLANS_ENDED = 0.8, 0.8
CLOCKS_CHANGE = (date(2026, 3, 29), date(2026, 10, 25))
"""The Sundays on which the clocks of Europe change; they are made school days, so that a night patrol walks over it."""
STRICTER: Sequence[Mapping[str, Any]] = (
    {"kind": "round", "plan": "PATROL", "every": "2h", "until": "19:30"},
    {"kind": "round", "plan": "DAILY_REPORT", "due": "16:30"},
    {"kind": "round", "plan": "LEADERS_WALK"},
    {"kind": "clock", "severities": ["P2", "P3"], "percent": 50},
)
"""The measures of a special period: denser rounds, an earlier report, a walk that is off otherwise, shorter clocks."""


@dataclass(frozen=True)
class Beside:
    """The amount of what happens beside tickets, and the first and last day of the year of each school's period."""

    inspections: int = 6
    responses: int = 6
    tests: int = 6
    swaps: int = 12
    periods: Sequence[tuple[int, int]] = ((100, 113), (288, 305))


class Watching:
    """The events that are drawn beside those of tickets, by a seed of their own; at one of the schools, or at all."""

    def __init__(self, watch: Watch, plan: Beside, seed: int, only: int | None = None) -> None:
        self.watch, self.plan, self.only = watch, plan, only
        self._random = Random(seed)  # noqa: S311 - nothing is kept secret by it
        self._followed: set[RoundKey] = set()
        self._started: set[tuple[UUID, str]] = set()
        self._ended: set[tuple[UUID, str]] = set()

    def __call__(self, year: Year) -> None:
        """Lay the events of a year out."""
        self.year = year
        numbers = range(len(year.stages)) if self.only is None else [self.only]
        sites = [self.watch.stage(year.stages[number], now=BEGIN, days=year.plan.days) for number in numbers]
        year.at(BEGIN, self._make)
        for number in range(year.plan.days):
            if self._random.random() >= SKIPPED:
                year.at(BEGIN + number * DAY + self._random.randrange(20 * 60) * MINUTE, self._make)
        for number, site in zip(numbers, sites, strict=True):
            self._plan_period(site, *self.plan.periods[number])
            self._plan_site(site)
        happens = ((self.plan.inspections, self._inspect), (self.plan.tests, self._ask), (self.plan.swaps, self._swap))
        for times, event in happens:
            for _ in range(times):
                year.at(self._some_time(), partial(event, self._random.choice(sites)))
        for _ in range(self.plan.responses):
            year.at(self._some_time(), self._respond)

    def _some_time(self) -> datetime:
        return BEGIN + timedelta(seconds=self._random.randrange(self.year.plan.days * 24 * 3600))

    def _plan_site(self, site: Site) -> None:
        self.year.at(BEGIN, lambda at: rule_set(self.watch, site, at))
        for shift in site.people.shifts:
            begins = shift.starts_at
            for before in (BEFORE + MINUTE, BEFORE - self._random.randrange(21) * MINUTE, 5 * MINUTE):
                if not shift.is_of_bureau and begins - before > BEGIN:
                    self.year.at(begins - before, self._ask_planned)
        if site.zone.startswith("Europe/"):
            stage = self.watch.stages[site.school]
            for day in CLOCKS_CHANGE:
                noon = datetime.combine(day, BEGIN.time(), BEGIN.tzinfo) - 4 * DAY
                self.year.at(noon, partial(self._open_a_sunday, stage, day))

    def _open_a_sunday(self, stage: Any, day: date, at: datetime) -> None:
        if is_free(stage, day):
            self.year.twin.set_day(stage=stage, day=day, row={"works_as": 2}, at=at)

    def _plan_period(self, site: Site, first: int, last: int) -> None:
        begins, ends = (site.today(BEGIN) + number * DAY for number in (first, last))
        at = BEGIN + max(first - self._random.randrange(1, 6), 0) * DAY + self._random.randrange(20 * 60) * MINUTE

        def approve(now: datetime) -> None:
            self._follow(self.watch.approve(site, "FLOOD", (begins, ends), STRICTER, at=now), now)

        self.year.at(at, approve)

    def _make(self, at: datetime) -> None:
        self._follow(self.watch.make(at), at)

    def _inspect(self, site: Site, at: datetime) -> None:
        codes = self.watch.places(site)
        chosen = self._random.sample(codes, min(3, len(codes)))
        due_at = at + self._random.randrange(6, 120) * HOUR
        self._follow(self.watch.inspect(site, chosen, at=at, due_at=due_at), at)

    def _follow(self, rows: Sequence[RoundTold], at: datetime) -> None:
        """Draw what becomes of rounds that are new."""
        for row in rows:
            if row.state == "planned" and row.key not in self._followed:
                self._followed.add(row.key)
                self._draw(row, self._drawn(WAYS), at)

    def _draw(self, row: RoundTold, way: str, at: datetime) -> None:
        window, share = row.window, self._random.random()
        when = window.opens_at + share * (window.late_at - window.opens_at)
        how = "excuse" if way == "excused" else "answer"
        if way == "early":
            when = window.opens_at - share * HOUR
        elif way == "late":
            when = window.late_at + self._random.expovariate(1 / 5) * HOUR
        if way != "never":
            share = WELL_WALKED if row.plan.row["kind"] in OVER_PLACES else WELL_SAID
            said = WELL if self._random.random() < share and row.plan.row["kind"] != "inspection" else BAD
            act = partial(self._say, row.key, how, said, is_strange=way == "by a stranger")
            for again in range(2 if way == "twice" else 1):
                self.year.at(max(when, at) + again * MINUTE, act)

    def _say(self, key: RoundKey, how: str, said: str, at: datetime, *, is_strange: bool) -> None:
        person = self._speaker(key, how, at, is_strange=is_strange)
        if self.watch.say(key, person, how, said, at) and self._random.random() < CORRECTED:
            later = at + self._random.randrange(5, 600) * MINUTE
            self.year.at(later, partial(self._say, key, "correct", BAD, is_strange=False))

    def _speaker(self, key: RoundKey, how: str, at: datetime, *, is_strange: bool) -> UUID:
        """Draw who speaks of a round: of those asked by their post, or by name, whoever leads, or anybody."""
        site, row = self.watch.rounds.sites[key.school], self.watch.rounds.rounds[key]
        stage = self.watch.stages[key.school]
        own = [one.person_id for one in stage.reporters]
        if is_strange:
            return self._random.choice(own)
        if how == "excuse":
            return self._random.choice([stage.coordinator, stage.vice_principal, stage.principal]).person_id
        seats = site.people.seats
        asked = {seat.person for seat in seats if (seat.role, seat.unit) == (row.plan.asked, key.unit)}
        asked |= {one for one in own if not key.unit and site.people.leads(one, at)}
        named = [one for one in own if one in row.asked]
        is_named = bool(named) and self._random.random() < BY_NAME
        found = named if is_named else [one for one in own if one in asked]
        return self._random.choice(found or [stage.vice_principal.person_id])

    def _ask_planned(self, at: datetime) -> None:
        self._follow_tests(ask_planned(self.watch, at), at)

    def _ask(self, site: Site, at: datetime) -> None:
        shift = self._random.choice(self._shifts(site, at - 7 * DAY, at + 14 * DAY))
        self._follow_tests(ask_by_hand(self.watch, site, shift, at), at)

    def _swap(self, site: Site, at: datetime) -> None:
        stage = self.watch.stages[site.school]
        leaders = [stage.coordinator, stage.vice_principal, stage.principal, *list(stage.heads.values())[:3]]
        shift = self._random.choice(self._shifts(site, at, at + 7 * DAY))
        swap(self.watch, site, shift, self._random.choice(leaders).person_id, at)

    def _shifts(self, site: Site, since: datetime, until: datetime) -> list[Shift]:
        own = [shift for shift in site.people.shifts if not shift.is_of_bureau]
        return [shift for shift in own if shift.ends_at > since and shift.starts_at < until] or own[-1:]

    def _follow_tests(self, keys: Sequence[TestKey], at: datetime) -> None:
        order = [one.person_id for stage in self.watch.stages.values() for one in stage.reporters]
        for key in sorted(keys, key=lambda key: order.index(key.person)):
            test, way = self.watch.contacts.tests[key], self._drawn(TESTED)
            site = next(one for one in self.watch.rounds.sites.values() if test.shift in one.people.shifts)
            share = self._random.random() * (test.due_at - at)
            when = test.due_at + self._random.expovariate(1 / 3) * HOUR if way == "late" else at + share
            if way != "never":
                act: Callable[[datetime], None] = partial(
                    answer_test, self.watch, site, key, is_answered=way != "taken back"
                )
                self.year.at(when, act)

    def _respond(self, at: datetime) -> None:
        """Start a plan on one of the last tickets, mostly on one that is not over."""
        own = [case for case in self.year.cases[-60:] if case.told.school in self.watch.rounds.sites]
        cases = [case for case in own if not case.is_sealed and case.told.secrecy != "K2"]
        open_cases = [case for case in cases if case.told.state not in OVER]
        if not cases:
            return
        case = self._random.choice(open_cases if open_cases and self._random.random() < STEPS_DONE else cases)
        plan = self._random.choice(sorted(self.watch.responses.plans))
        if (case.told.key, plan) in self._started:
            return
        tasks = start_plan(self.watch, case, plan, at)
        self._started |= {task.key[:2] for task in tasks}
        for task in tasks:
            if self._random.random() < STEPS_DONE:
                self.year.at(at + self._random.expovariate(1 / 15) * MINUTE, partial(self._do, task))
        if tasks and self._random.random() < PLANS_ENDED:
            self.year.at(at + self._random.randrange(30, 300) * MINUTE, partial(self._end, tasks))

    def _do(self, task: TaskTold, at: datetime) -> None:
        if task.key[:2] not in self._ended:
            do_step(self.watch, task, self._random, at)

    def _end(self, tasks: Sequence[TaskTold], at: datetime) -> None:
        self._ended.add(tasks[0].key[:2])
        end_plan(self.watch, tasks, at)

    def _drawn(self, ways: Mapping[str, int]) -> str:
        return self._random.choices(list(ways), list(ways.values()))[0]
