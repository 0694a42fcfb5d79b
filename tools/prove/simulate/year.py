"""A year on a virtual clock: what happens when is drawn from a seed, and time leaps from one event to the next."""

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any

from backend.common.errors import DomainError
from backend.rulebook.ruleset import Severity
from tools.prove.simulate.cases import DAY, HOUR, MINUTE, SLOW, SLOWNESS, Case
from tools.prove.simulate.correcting import correct, may_offer
from tools.prove.simulate.moves import DRAWN, move_drawn
from tools.prove.simulate.oracle import SOLVE
from tools.prove.simulate.stage import SchoolStage
from tools.prove.simulate.telling import HELD_UP, TELLS, held_up_step, telling_step
from tools.prove.simulate.twin import Twin
from tools.prove.simulate.twin_parts import cannot_solve, merge, part_step, unmerge

SHORTEST_GAP, LONGEST_GAP = 5 * 60, 2 * 60 * 60
LONGEST_REST = 2 * HOUR
INSTANT = timedelta(microseconds=1)
PROVES, IMPATIENT = 0.9, 0.5
FEW_PLACES = 2
"""The places at which things happen, so few that the same comes back there."""
RECENT = 12
"""The reports among which somebody looks for one that is about the same."""
BEGIN = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
"""The new year of 2026 in Shanghai."""
SATURDAY = 5
OTHERWISE: Mapping[str, Callable[..., None]] = {
    "wait": Twin.wait,
    "cannot-solve": cannot_solve,
    "unmerge": unmerge,
    **{action: partial(held_up_step, action=action) for action in HELD_UP},
}
"""The steps that are told to the oracle in a way of their own."""
DAY_CHANGES: Sequence[dict[str, Any]] = ({}, {"opens": "08:00", "closes": "12:00"}, {"works_as": 2})
"""A day off, half a day, a day worked as a Wednesday."""


@dataclass(frozen=True)
class Plan:
    """The amount of events in a simulated year."""

    tickets: int
    days: int = 365
    outages: int = 24
    edits: int = 24
    absences: int = 60


class Year:
    """The events of a year, in their order in time; `beside` lays out more than what becomes of tickets."""

    def __init__(
        self,
        *,
        twin: Twin,
        stages: Sequence[SchoolStage],
        plan: Plan,
        seed: int,
        beside: "Callable[[Year], None] | None" = None,
    ) -> None:
        self.twin, self.stages, self.plan, self.beside = twin, stages, plan, beside
        self.end = BEGIN + plan.days * DAY
        self._random = Random(seed)  # noqa: S311 - nothing is kept secret by it
        self._events: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._number = count()
        self._last_sweep = BEGIN
        self._silent_until = BEGIN
        self.cases: list[Case] = []
        self._draw_sweep()

    def run(self, *, filed: Callable[[], None]) -> None:
        """Let the year pass; `filed` is called after each report."""
        for stage in self.stages:
            self.twin.stage(stage)
        self._lay_out(filed)
        if self.beside is not None:
            self.beside(self)
        now = BEGIN
        while self._events:
            at, _number, event = self._events[0]
            sweep_at = max(now, self._next_sweep())
            now = min(at, sweep_at)
            if now >= self.end:
                break
            if sweep_at < at:
                self._sweep(now)
            else:
                heapq.heappop(self._events)
                event(now)
        self._sweep(self.end)

    def _lay_out(self, filed: Callable[[], None]) -> None:
        for _ in range(self.plan.tickets):
            self.at(self._some_time(), lambda at: self._file(at, filed))
        for _ in range(self.plan.outages):
            self.at(self._some_time(), self._outage)
        for _ in range(self.plan.edits):
            self.at(self._some_time(), self._edit)
        for _ in range(self.plan.absences):
            self.at(self._some_time(), self._absence)

    def at(self, at: datetime, event: Callable[[datetime], None]) -> None:
        """Have something happen at an instant that is not over."""
        heapq.heappush(self._events, (at, next(self._number), event))

    def _some_time(self) -> datetime:
        return BEGIN + timedelta(seconds=self._random.randrange(self.plan.days * 24 * 3600))

    def _draw_sweep(self) -> None:
        random = self._random
        self._gap = timedelta(seconds=random.randrange(SHORTEST_GAP, LONGEST_GAP))
        # Now and then exactly when something is due, and one instant before, when nothing may fire.
        self._lag = random.choice((timedelta(0), timedelta(seconds=random.randrange(600)), 3 * MINUTE, -INSTANT))

    def _next_sweep(self) -> datetime:
        due_at = self.twin.next_due()
        rested = self._last_sweep + LONGEST_REST
        wanted = rested if due_at is None else min(due_at + self._lag, rested)
        return max(self._last_sweep + self._gap, wanted, self._silent_until)

    def _sweep(self, at: datetime) -> None:
        fired = self.twin.sweep(at)
        self._last_sweep = at
        self._draw_sweep()
        if any(key.clock == "wait" for key in fired):
            self.at(at + timedelta(seconds=self._random.choice((1, 60, 3600))), self.twin.end_waits)

    def _outage(self, at: datetime) -> None:
        self._silent_until = at + timedelta(minutes=self._random.randrange(60, 720))
        self.twin.counts["outages"] += 1

    def _absence(self, at: datetime) -> None:
        stage = self._random.choice(self.stages)
        who = self._random.choice([*stage.heads.values(), stage.coordinator, stage.principal, stage.protection_lead])
        self.twin.away(person_id=who.person_id, at=at, until=at + self._random.randrange(6, 240) * HOUR)

    def _file(self, at: datetime, filed: Callable[[], None]) -> None:
        random, stage = self._random, self._random.choice(self.stages)
        pace = float(SLOWNESS) if random.random() < SLOW else 1.0
        reporter, category = random.choice(stage.reporters), random.choice(stage.categories)
        answers = self._answers(stage, category)
        place = random.choice((None, *stage.places[:FEW_PLACES]))
        case = self.twin.file(
            stage=stage, reporter=reporter, category=category, place=place, answers=answers, at=at, pace=pace
        )
        self._follow(at, case)
        filed()

    def _follow(self, at: datetime, case: Case) -> None:
        """Let a new ticket go its way, from its routing on."""
        random = self._random
        self.cases.append(case)
        # Mostly at once; now and then the broker was away, and people did not wait for it.
        delay = random.choice((1, 2, 5, 20, 20, 7200))
        is_begun = delay > MINUTE.total_seconds() and random.random() < IMPATIENT
        if is_begun:
            self._plan_step(at, case)
        self.at(at + timedelta(seconds=delay), lambda at: self._route(at, case, is_begun=is_begun))

    def _answers(self, stage: SchoolStage, category: str) -> dict[str, str]:
        """Draw what a reporter answers: often nothing, sometimes that they do not know, never to an absent office."""
        drawn: dict[str, str] = {}
        for question in self.twin.oracle.rulebook.categories[category].get("questions", ()):
            known = [row["key"] for row in question["answers"] if row.get("lead") in {None, *stage.led}]
            answer = self._random.choice((*known, *known, "unknown", None, None))
            if answer is not None:
                drawn[question["key"]] = answer
        return drawn

    def _route(self, at: datetime, case: Case, *, is_begun: bool) -> None:
        self.twin.route(case=case, at=at)
        if not is_begun:
            self._plan_step(at, case)

    def _plan_step(self, at: datetime, case: Case) -> None:
        action = case.next_action(self._random)
        if action:
            self.at(at + case.next_pause(self._random, at), lambda at: self._step(at, case, action))

    def _step(self, at: datetime, case: Case, action: str) -> None:
        if case.can(action):
            try:
                self._take_step(at, case, action)
            except DomainError as refusal:
                self.twin.remarks.append(f"{action} of ticket {case.told.key} at {at} was refused: {refusal}")
                return
        self._plan_step(at, case)

    def _take_step(self, at: datetime, case: Case, action: str) -> None:
        if action in DRAWN:
            move = move_drawn(case=case, action=action, random=self._random, at=at)
            part_step(self.twin, case=case, action=action, move=move, at=at)
        elif action in TELLS:
            telling_step(self.twin, case=case, action=action, random=self._random, at=at)
        elif action in SOLVE:
            self._solve(at, case, action)
        elif action == "reclassify":
            correct(self.twin, case=case, at=at, **self._correction(case))
        elif action in {"merge", "split"}:
            self._regroup(at, case, action)
        elif action in OTHERWISE:
            OTHERWISE[action](self.twin, case=case, at=at)
        else:
            self.twin.act(case=case, action=action, at=at)
        if action == "contest-decline":
            self.twin.route(case=case, at=at)

    def _solve(self, at: datetime, case: Case, action: str) -> None:
        if self._random.random() < PROVES:
            self.twin.prove(case=case, at=at)
        self.twin.solve(case=case, at=at, action=action)

    def _regroup(self, at: datetime, case: Case, action: str) -> None:
        """Let two reports turn out to be one problem, or one report to be two."""
        if action == "merge":
            into, by = self._random.choice(self._alike(case)), case.stage.principal
            if not (case.is_sealed or into.is_sealed):
                by = self._random.choice((by, case.stage.vice_principal))
            merge(self.twin, case=case, into=into, by=by, at=at)
        else:
            self._follow(at, self.twin.split(case=case, at=at))

    def _alike(self, case: Case) -> list[Case]:
        """Return the last reports of a school, among which somebody looks for the same problem."""
        return [other for other in self.cases if other.stage is case.stage][-RECENT:]

    def _correction(self, case: Case) -> dict[str, Any]:
        """Draw who corrects what: the severity, or the category for one of the same class."""
        by = self._random.choice((case.stage.principal, case.worker))
        rows, told = self.twin.oracle.rulebook.categories, case.told
        alike = [
            code
            for code in case.stage.categories
            if code != told.category
            and rows[code]["class"] == rows[told.category]["class"]
            and (by is case.stage.principal or may_offer(self.twin, case, code))
        ]
        if alike and self._random.randrange(2):
            return {"by": by, "category": self._random.choice(alike), "severity": Severity(told.severity)}
        others = [severity for severity in Severity.values if severity != told.severity]
        return {"by": by, "category": told.category, "severity": Severity(self._random.choice(others))}

    def _edit(self, at: datetime) -> None:
        stage = self._random.choice(self.stages)
        if self._random.choice((True, True, False)):
            self._change_day(stage, at)
        else:
            self._change_weeks(stage)
        self.at(at + timedelta(minutes=self._random.randrange(180)), lambda at: self._recompute(at, stage))

    def _change_day(self, stage: SchoolStage, at: datetime) -> None:
        day = at.date() + self._random.randrange(-5, 60) * DAY
        change = DAY_CHANGES[2] if day.weekday() >= SATURDAY else self._random.choice(DAY_CHANGES[:2])
        if not is_free(stage, day):
            return
        self.twin.set_day(stage=stage, day=day, row=change, at=at)
        if self._random.choice((True, False)):
            later = at + self._random.randrange(1, 20 * 24) * HOUR
            self.at(later, lambda at: self._clear_day(at, stage, day))

    def _clear_day(self, at: datetime, stage: SchoolStage, day: date) -> None:
        self.twin.clear_day(stage=stage, day=day)
        self._recompute(at, stage)

    def _change_weeks(self, stage: SchoolStage) -> None:
        """Shift when the afternoons of all weeks end."""
        closes = self._random.choice(("16:30", "17:00", "17:30", "18:00"))
        afternoon = {"weekdays": [0, 1, 2, 3, 4], "opens": "13:30", "closes": closes}
        stage.document["hours"] = [*stage.document["hours"][:1], afternoon]
        self.twin.import_calendar(stage)

    def _recompute(self, at: datetime, stage: SchoolStage) -> None:
        self.twin.recompute(stage=stage, at=at)


def is_free(stage: SchoolStage, day: date) -> bool:
    """Say whether the calendar says nothing of a day yet."""
    text = day.isoformat()
    return not any(row["first"] <= text <= row.get("last", row["first"]) for row in stage.document["days"])
