"""Whatever happens in whatever order, the engine fires exactly what the documents say, once, and never early.

More examples, and the shortest one that fails: `ENGINE_EXAMPLES=500 ENGINE_STEPS=60 pytest …/test_engine_machine.py`.
"""

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pytest_django import Settings

from backend.deadlines.handlers import Firing
from backend.deadlines.services import fire_due
from backend.rulebook.ruleset import Severity
from backend.workflow.firing import TicketSubjects
from tests.properties.conftest import twin_of
from tests.world import World
from tools.prove.simulate.cases import Case
from tools.prove.simulate.correcting import correct
from tools.prove.simulate.judge import broken, disagreements

EXAMPLES = int(os.environ.get("ENGINE_EXAMPLES", "10"))
STEPS = int(os.environ.get("ENGINE_STEPS", "25"))
CATEGORIES = ("F01", "F02", "F04", "B02", "B06", "N03", "C02")
BEGIN = datetime(2026, 3, 26, 15, 59, tzinfo=UTC)
"""A Thursday; in Berlin the clocks go forward on the Sunday, and make-up days and Qingming are near."""
DAYS = (date(2026, 3, 27), date(2026, 3, 28), date(2026, 3, 30), date(2026, 4, 2))
CHANGES: tuple[dict[str, Any], ...] = ({}, {"opens": "08:00", "closes": "12:00"}, {"works_as": 0})
INSTANT = timedelta(microseconds=1)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 4, 30, 240, 1440, 4320, 14400))


class Crash(BaseException):
    """The end of a process, as far as a transaction can tell."""


class CrashingTickets(TicketSubjects):
    """Tickets whose engine dies after everything was done and before it was committed, when told to."""

    dies: ClassVar[bool] = False

    def fire(self, firings: Sequence[Firing], *, now: datetime) -> None:
        """Carry everything out, then die."""
        super().fire(firings, now=now)
        if CrashingTickets.dies:
            raise Crash


class EngineMachine(RuleBasedStateMachine):
    """Everything that can happen to tickets, by people, engines, workers and calendars."""

    twin_and_stage: ClassVar[tuple[World, str]]

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGIN
        self.cases: list[Case] = []
        self.routable: list[Case] = []
        # What an example does is taken back; the engine's own transactions may begin inside, as in any test.
        self.example = transaction.atomic()
        self.example._from_testcase = True  # type: ignore[attr-defined]
        self.example.__enter__()
        self.twin, self.stage = twin_of(*self.twin_and_stage)

    def teardown(self) -> None:
        """Let everything due fire, prove every invariant, and take it all back."""
        try:
            self.twin.sweep(self.now)
            self.agrees()
            assert broken(self.now) == []
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    @invariant()
    def agrees(self) -> None:
        """The database says what the oracle says: fired, waiting, resting, level and state."""
        assert [*self.twin.remarks, *disagreements(self.twin.oracle)] == []

    @initialize(category=st.sampled_from(CATEGORIES))
    def begin(self, category: str) -> None:
        self.file(category, True)

    @rule(category=st.sampled_from(CATEGORIES), routed=st.booleans())
    def file(self, category: str, routed: bool) -> None:
        case = self.twin.file(stage=self.stage, reporter=self.stage.reporters[0], category=category, at=self.now)
        if routed:
            self.twin.route(case=case, at=self.now)
            self.cases.append(case)
        else:
            self.routable.append(case)

    @precondition(lambda self: self.routable)
    @rule()
    def route(self) -> None:
        case = self.routable.pop()
        self.twin.route(case=case, at=self.now)
        self.cases.append(case)

    @rule(data=st.data())
    def acknowledge(self, data: st.DataObject) -> None:
        self.take(data, "acknowledge")

    @rule(data=st.data())
    def work(self, data: st.DataObject) -> None:
        """Whatever else people do in the work."""
        names = ("record-interim-control", "start", "progress", "contain", "resolve", "verify", "reject-fix")
        possible = [(case, name) for case in self.cases for name in names if self.can(case, name)]
        if possible:
            case, action = data.draw(st.sampled_from(possible))
            self.twin.act(case=case, action=action, at=self.now)

    @rule(data=st.data())
    def pause(self, data: st.DataObject) -> None:
        able = [case for case in self.cases if self.can(case, "wait")]
        if able:
            self.twin.wait(case=data.draw(st.sampled_from(able)), at=self.now)

    @rule(data=st.data())
    def resume(self, data: st.DataObject) -> None:
        self.take(data, "resume")

    @rule(data=st.data())
    def reopen(self, data: st.DataObject) -> None:
        self.take(data, "reopen")

    @rule(data=st.data())
    def decline(self, data: st.DataObject) -> None:
        for action in ("confirm-decline", "refuse-decline", "propose-decline"):
            if any(self.can(case, action) for case in self.cases):
                self.take(data, action)
                return

    @rule(data=st.data(), category=st.sampled_from(CATEGORIES), severity=st.sampled_from(list(Severity)))
    def hand_over(self, data: st.DataObject, category: str, severity: Severity) -> None:
        """Another category hands a ticket to the office that then answers for it; another severity has other clocks."""
        rows = self.twin.oracle.rulebook.categories
        able = [
            case
            for case in self.cases
            if rows[case.told.category]["class"] == rows[category]["class"]
            and (case.told.category, case.told.severity) != (category, severity)
        ]
        if able:
            case = data.draw(st.sampled_from(able))
            by = self.stage.principal
            correct(self.twin, case=case, by=by, category=category, severity=severity, at=self.now)

    @rule(day=st.sampled_from(DAYS), change=st.sampled_from(CHANGES))
    def edit_calendar(self, day: date, change: dict[str, Any]) -> None:
        if any(row["first"] == day.isoformat() for row in self.stage.document["days"]):
            self.twin.clear_day(stage=self.stage, day=day)
        else:
            self.twin.set_day(stage=self.stage, day=day, row=change, at=self.now)

    @rule()
    def recompute(self) -> None:
        """The worker takes the message about a changed calendar, the first time or again."""
        self.twin.recompute(stage=self.stage, at=self.now)

    @rule(pause=st.sampled_from(PAUSES))
    def advance(self, pause: timedelta) -> None:
        self.now += pause

    @precondition(lambda self: self.twin.oracle.next_due() is not None)
    @rule(before=st.sampled_from((timedelta(0), INSTANT)))
    def advance_to_what_is_due(self, before: timedelta) -> None:
        due_at = self.twin.oracle.next_due()
        assert due_at is not None
        self.now = max(self.now, due_at - before)

    @rule()
    def sweep(self) -> None:
        self.twin.sweep(self.now)

    @rule()
    def crash_before_commit(self) -> None:
        """The engine dies with everything done; nothing of it happened."""
        CrashingTickets.dies = True
        try:
            fire_due(now=self.now)
        except Crash:
            pass
        finally:
            CrashingTickets.dies = False

    @rule()
    def deliver(self) -> None:
        """The worker ends the waits that took too long."""
        self.twin.end_waits(self.now)

    @rule()
    def redeliver(self) -> None:
        """Every message arrives again; the second time it says nothing new."""
        self.twin.redeliver(self.now)

    def can(self, case: Case, action: str) -> bool:
        """Say whether a step can be taken; urgent hazards are made safe before the work starts."""
        told = case.told
        if action == "start" and told.severity in {"P1", "P2"} and not case.is_made_safe:
            return False
        late = told.closed_at is not None and self.now - told.closed_at > timedelta(days=7)
        return case.can(action) and not (action == "reopen" and late)

    def take(self, data: st.DataObject, action: str) -> None:
        """Let one of the tickets that can take a step."""
        able = [case for case in self.cases if self.can(case, action)]
        if able:
            self.twin.act(case=data.draw(st.sampled_from(able)), action=action, at=self.now)


@pytest.fixture
def crashing(settings: Settings) -> None:
    """Let the engine carry out firings by a handler that can die."""
    settings.DEADLINE_SUBJECTS = {
        **settings.DEADLINE_SUBJECTS,
        "ticket": "tests.properties.test_engine_machine.CrashingTickets",
    }


@pytest.mark.slow("tests/properties/test_engine_machine.py", after=1)
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin"])
def test_every_story_is_told_alike_by_the_engine_and_the_documents(world: World, crashing: None, zone: str) -> None:
    class Machine(EngineMachine):
        twin_and_stage = (world, zone)

    profile = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate, Phase.shrink) if "ENGINE_EXAMPLES" in os.environ else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Machine, settings=profile)
