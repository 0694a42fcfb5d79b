"""Contact tests, started response plans and special periods, by docs/adr/0067, 0078 and 0079 alone.

Nothing of the product is imported: whom each of them asks and tells, when their ladders are due, and what ends them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tools.prove.simulate.ladders import Ladders, Subject
from tools.prove.simulate.minutes import DAY
from tools.prove.simulate.people import NOBODY, Asked, Reached, Shift
from tools.prove.simulate.plans import Measure, length_of, midnight_of, steps_of
from tools.prove.simulate.rounds import Site

NEAR = DAY
"""A shift is asked about by hand once it begins within a day."""


class TestKey(NamedTuple):
    """A contact test: the shift, who was asked, and when."""

    shift: UUID
    person: UUID
    asked_at: datetime

    @property
    def subject(self) -> Subject:
        """What its ladder belongs to."""
        return ("contact", self)


class Contacts:
    """All contact tests, and who must have heard of them."""

    def __init__(self, ladders: Ladders, sites: Mapping[UUID, Site]) -> None:
        self.tests: dict[TestKey, Asked] = {}
        self.heard: dict[tuple[TestKey, str], Reached] = {}
        self.rules: dict[tuple[UUID, str], tuple[timedelta, timedelta]] = {}
        self._ladders, self._sites = ladders, sites
        self._site_of: dict[UUID, Site] = {}

    def planned(self, at: datetime) -> int:
        """Ask the people of shifts that begin soon, as the rules have it, each of them once; return how many."""
        count = 0
        for (school, kind), (before, within) in self.rules.items():
            site = self._sites[school]
            for shift in site.people.shifts:
                if shift.kind == kind and not shift.is_of_bureau and shift.starts_at - before <= at < shift.starts_at:
                    known = {test.person for test in self.tests.values() if test.shift is shift}
                    count += self._ask(site, [Asked(shift, one, at, at + within) for one in shift.serving - known])
        return count

    def refusal(self, site: Site, shift: Shift, at: datetime) -> str:
        """Return the code with which asking by hand is refused, empty where it is not."""
        if not at < shift.ends_at or shift.starts_at > at + NEAR:
            return "shift_not_near"
        people = self._not_waited_for(shift)
        return "" if any(not site.people.is_away(one, at, _after(at)) for one in people) else "nobody_to_ask"

    def by_hand(self, site: Site, shift: Shift, by: UUID, at: datetime, within: timedelta) -> int:
        """Ask everybody in a shift whose answer is not waited for; return how many."""
        return self._ask(site, [Asked(shift, one, at, at + within, by) for one in self._not_waited_for(shift)])

    def over(self, key: TestKey, at: datetime, *, is_answered: bool) -> None:
        """Take note of an answer, however late, or that a test was taken back."""
        test = self.tests[key]
        if test.over_at is None:
            test.over_at, test.is_answered = at, is_answered
            self._ladders.stop(key.subject, at, "answered" if is_answered else "taken_back")

    def swept(self, key: TestKey, now: datetime) -> None:
        """Tell whoever was asked, and those who keep the roster, that nobody answered."""
        test, people = self.tests[key], self._site_of[key.shift].people
        if test.shift.ends_at <= now or test.person not in test.shift.serving:
            return
        self.heard[key, "missed"] = frozenset({test.person})
        alone = frozenset({test.person})
        keepers = people.reach("coordinator", "", now, alone) | ({test.by} if test.by else NOBODY)
        if keepers - alone:
            self.heard[key, "keepers"] = keepers - alone

    def _not_waited_for(self, shift: Shift) -> set[UUID]:
        waiting = {test.person for test in self.tests.values() if test.shift is shift and test.over_at is None}
        return shift.serving - waiting

    def _ask(self, site: Site, tests: Sequence[Asked]) -> int:
        """Ask those who are not away; return how many they are."""
        there = [one for one in tests if not site.people.is_away(one.person, one.asked_at, _after(one.asked_at))]
        for test in there:
            key = TestKey(test.shift.key, test.person, test.asked_at)
            self.tests[key] = test
            self._site_of[test.shift.key] = site
            site.people.asked.append(test)
            self.heard[key, "asked"] = frozenset({test.person})
            self._ladders.arm(key.subject, (test.due_at,), test.asked_at)
        return len(there)


class TaskKey(NamedTuple):
    """A step of a started plan: the ticket, the plan, when it was started, the step, and of which unit it is asked."""

    ticket: UUID
    plan: str
    started_at: datetime
    step: str
    unit: str

    @property
    def subject(self) -> Subject:
        """What its ladder belongs to."""
        return ("response", self)


@dataclass(eq=False)
class TaskTold:
    """A step as the documents say that it stands: the role asked, everybody asked or told, and who has done it."""

    key: TaskKey
    site: Site
    role: str
    due_at: datetime
    people: Reached
    done_by: UUID | None = None
    done_at: datetime | None = None


class Responses:
    """All started plans, and whom each missed rung of a step must have told."""

    def __init__(self, ladders: Ladders, content: Mapping[str, Any]) -> None:
        self.tasks: dict[TaskKey, TaskTold] = {}
        self.missed: dict[tuple[TaskKey, int, datetime], Reached] = {}
        self._ladders, self.plans = ladders, content["plans"]
        self._steps = steps_of(content["rungs"])

    def started(self, site: Site, ticket: UUID, plan: str, at: datetime) -> list[TaskTold]:
        """Take note that a plan was started: each step is asked of whoever is reached then, and has a ladder."""
        began = []
        for row in self.plans[plan]["steps"]:
            for role, unit in _seats(row, site):
                key, due_at = TaskKey(ticket, plan, at, row["key"], unit), at + length_of(row["at"])
                began.append(TaskTold(key, site, role, due_at, site.people.reach(role, unit, at)))
                self.tasks[key] = began[-1]
                self._ladders.arm(key.subject, [due_at + length_of(step.after) for step in self._steps], at)
        return began

    def done(self, task: TaskTold, by: UUID, at: datetime) -> None:
        """Take note that a step is done."""
        task.done_by, task.done_at = by, at
        self._ladders.stop(task.key.subject, at, "done")

    def ended(self, tasks: Sequence[TaskTold], at: datetime) -> None:
        """Take note that somebody who leads says that a plan is over."""
        for task in tasks:
            self._ladders.stop(task.key.subject, at, "stood_down")

    def swept(self, key: TaskKey, rungs: Sequence[int], now: datetime) -> None:
        """Tell those of every rung that is due, with the first whoever was asked, and the deputies; of all at once."""
        task = self.tasks[key]
        people, climbed = task.site.people, NOBODY
        for number, step in enumerate(self._steps):
            if number in rungs or (number > rungs[-1] and not climbed):
                climbed |= people.told(step, key.unit, now)
        told = climbed | (task.people | people.deputies(task.role, key.unit, now) if 0 in rungs else NOBODY)
        task.people |= told
        self.missed[key, rungs[-1] + 1, now] = told


@dataclass(eq=False)
class PeriodTold:
    """A special period: its days, and what has become of it, each time with the instant."""

    key: UUID
    site: Site
    first: date
    last: date
    acts: list[tuple[str, datetime]] = field(default_factory=list)

    @property
    def state(self) -> str:
        """Whether it is over."""
        return "over" if any(kind == "ended" for kind, _at in self.acts) else "approved"


class Periods:
    """All special periods that were approved."""

    def __init__(self, ladders: Ladders, templates: Mapping[str, Mapping[str, Any]]) -> None:
        self.periods: dict[UUID, PeriodTold] = {}
        self._ladders, self.templates = ladders, templates

    def approved(self, row: PeriodTold, template: str, measures: Sequence[Measure], at: datetime) -> None:
        """Take note of one, drawn up and approved at an instant: its review is due before it begins, if it is not."""
        self.periods[row.key] = row
        row.acts += [("drawn_up", at), ("approved", at)]
        row.site.measures += measures
        begins, over = (midnight_of(day, row.site.zone) for day in (row.first, row.last + DAY))
        review = self.templates[template]["review"]
        review_at = min(max(begins - length_of(review["before"]), at), begins)
        if begins > at:
            due = [max(review_at + length_of(step.after), at) for step in steps_of(review["rungs"])]
            self._ladders.arm(("period", row.key, "review"), due, at)
        self._ladders.arm(("period", row.key, "course"), (begins, over), at)

    def swept(self, key: UUID, rungs: Sequence[int], now: datetime) -> None:
        """Record that a period begins, and that it is over."""
        for rung in rungs:
            self.periods[key].acts.append((("started", "ended")[rung], now))


def _seats(row: Mapping[str, Any], site: Site) -> Iterator[tuple[str, str]]:
    """Yield of whom a step is asked; nobody is asked by name where whoever is there first does it.

    The places of the simulation lead to no grade, so that every grade group is asked where the grade is.
    """
    if "role" in row:
        yield row["role"], ""
    elif "each_class" in row or row.get("office") == "grade":
        units = site.classes if "each_class" in row else site.grades
        yield from (("office_head", unit) for unit in units or ("",))
    elif "office" in row:
        yield "office_head", row["office"] if row["office"] in site.offices else ""


def _after(at: datetime) -> datetime:
    return at + timedelta(microseconds=1)
