"""An act of a person or a worker meets the sweep at the very deadline, on two connections, in both orders."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from backend.deadlines.handlers import Firing
from backend.deadlines.services import fire_due
from backend.workflow.firing import TicketSubjects
from tests.common.conftest import wait_for
from tests.deadlines.conftest import other_connection
from tests.properties.conftest import twin_of
from tests.workflow.test_two_at_once import somebody_waits_for_us
from tests.world import World
from tools.prove.simulate.cases import Case
from tools.prove.simulate.judge import disagreements
from tools.prove.simulate.stage import SchoolStage
from tools.prove.simulate.twin import Twin

ORDINARY = "B02"
FILED = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SOON = timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)
Act = Callable[["Meeting"], None]


class HoldingTickets(TicketSubjects):
    """Tickets whose engine, once it has fired, commits only when somebody waits for it."""

    holding: ClassVar[threading.Event | None] = None

    def fire(self, firings: Sequence[Firing], *, now: datetime) -> None:
        """Carry everything out; then say so, and wait."""
        super().fire(firings, now=now)
        if HoldingTickets.holding is not None:
            HoldingTickets.holding.set()
            wait_for(somebody_waits_for_us)


class Meeting:
    """One ticket just before a deadline, and what happens at the same time."""

    def __init__(self, twin: Twin, stage: SchoolStage) -> None:
        self.twin, self.stage = twin, stage
        self.case: Case = twin.file(stage=stage, reporter=stage.reporters[0], category=ORDINARY, at=FILED)
        twin.route(case=self.case, at=FILED)

    def due(self, clock: str) -> datetime:
        """Sweep up to the instant before the next rung of a clock; return when it is due."""
        due_at = self.case.told.running[clock].due_at
        self.twin.sweep(due_at - INSTANT)
        return due_at

    def take(self, *actions: str) -> None:
        """Let people take steps soon after filing."""
        for number, action in enumerate(actions, start=1):
            self.twin.act(case=self.case, action=action, at=FILED + number * SOON)


def acknowledging(meeting: Meeting) -> tuple[datetime, Act]:
    """Somebody acknowledges in the last instant."""
    due_at = meeting.due("acknowledge")
    return due_at, lambda held: held.twin.act(case=held.case, action="acknowledge", at=due_at - INSTANT)


def pausing(meeting: Meeting) -> tuple[datetime, Act]:
    """Somebody lets it wait in the last instant; after the sweep it is too late for that."""
    meeting.take("acknowledge", "start")
    due_at = meeting.due("resolve")
    return due_at, lambda held: held.twin.wait(case=held.case, at=due_at - INSTANT)


def resuming(meeting: Meeting) -> tuple[datetime, Act]:
    """Somebody goes on in the last instant before the longest wait is over."""
    meeting.take("acknowledge", "start")
    meeting.twin.wait(case=meeting.case, at=FILED + 3 * SOON)
    due_at = meeting.due("wait")
    return due_at, lambda held: held.twin.act(case=held.case, action="resume", at=due_at - INSTANT)


def recomputing(meeting: Meeting) -> tuple[datetime, Act]:
    """The worker moves the deadline to a calendar in which its day is free."""
    meeting.take("acknowledge", "start")
    due_at = meeting.due("resolve")
    meeting.twin.set_day(stage=meeting.stage, day=date(2026, 3, 9), row={}, at=due_at - INSTANT)
    return due_at, lambda held: held.twin.recompute(stage=held.stage, at=due_at - INSTANT)


MEETINGS = (acknowledging, pausing, resuming, recomputing)


@pytest.fixture
def meeting(committed_world: World, settings: Settings) -> Meeting:
    """A ticket of the committed world, fired by an engine that can be held."""
    settings.DEADLINE_SUBJECTS = {"ticket": "tests.properties.test_interleavings.HoldingTickets"}
    return Meeting(*twin_of(committed_world, "Asia/Shanghai"))


@pytest.mark.parametrize("prepare", MEETINGS)
def test_an_act_that_is_under_way_first_wins_over_the_sweep(
    meeting: Meeting, prepare: Callable[[Meeting], tuple[datetime, Act]]
) -> None:
    due_at, act = prepare(meeting)
    with transaction.atomic():
        act(meeting)
        assert other_connection(lambda: fire_due(now=due_at).fired) == 0
    assert meeting.twin.sweep(due_at) == []
    meeting.twin.end_waits(due_at)
    assert [*meeting.twin.remarks, *disagreements(meeting.twin.oracle)] == []


@pytest.mark.parametrize("prepare", MEETINGS)
def test_a_sweep_that_is_under_way_first_wins_over_the_act(
    meeting: Meeting, prepare: Callable[[Meeting], tuple[datetime, Act]]
) -> None:
    due_at, act = prepare(meeting)
    with ThreadPoolExecutor(1) as pool:
        HoldingTickets.holding = threading.Event()
        try:
            sweep = pool.submit(_sweep, due_at)
            assert HoldingTickets.holding.wait(20)
            assert len(meeting.twin.oracle.swept(due_at)) == 1
            act(meeting)
            assert sweep.result(timeout=20) == 1
        finally:
            HoldingTickets.holding = None
    meeting.twin.sweep(due_at)
    meeting.twin.end_waits(due_at)
    assert [*meeting.twin.remarks, *disagreements(meeting.twin.oracle)] == []


def _sweep(now: datetime) -> int:
    try:
        return fire_due(now=now).fired
    finally:
        connection.close()
