"""An act of a person or a worker meets the sweep at the very deadline, on two connections, in both orders."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count, product
from random import Random
from typing import ClassVar
from uuid import UUID

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from backend.deadlines.handlers import Firing
from backend.deadlines.services import fire_due
from backend.workflow.firing import TicketSubjects
from tests.common.conftest import wait_for
from tests.deadlines.conftest import other_connection
from tests.patience import PATIENCE
from tests.properties.conftest import twin_of
from tests.workflow.steps import URGENT
from tests.workflow.test_two_at_once import somebody_waits_for_us
from tests.world import World
from tools.prove.simulate.cases import Case
from tools.prove.simulate.judge import disagreements
from tools.prove.simulate.moves import move_drawn
from tools.prove.simulate.stage import SchoolStage
from tools.prove.simulate.twin import Twin
from tools.prove.simulate.twin_parts import cannot_solve, part_step

ORDINARY = "B02"
FILED = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SOON = timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)
APART = timedelta(days=28)
ENDING: Mapping[str, tuple[str, ...]] = {"closed": (), "resolved": ("verify",)}
Act = Callable[["Meeting"], None]
Prepare = Callable[["Meeting"], tuple[datetime, Act]]


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

    def __init__(
        self,
        twin: Twin,
        stage: SchoolStage,
        filed: datetime = FILED,
        category: str = ORDINARY,
        *,
        place: UUID | None = None,
        is_routed: bool = True,
    ) -> None:
        self.twin, self.stage, self.filed, reporter = twin, stage, filed, stage.reporters[0]
        self.case: Case = twin.file(stage=stage, reporter=reporter, category=category, at=filed, place=place)
        if is_routed:
            twin.route(case=self.case, at=filed)

    def due(self, clock: str) -> datetime:
        """Sweep up to the instant before the next rung of a clock; return when it is due."""
        due_at = self.case.told.running[clock].due_at
        self.twin.sweep(due_at - INSTANT)
        return due_at

    def take(self, *actions: str) -> None:
        """Let people take steps soon after filing."""
        for number, action in enumerate(actions, start=1):
            self.twin.act(case=self.case, action=action, at=self.filed + number * SOON)

    def solve(self, at: datetime) -> None:
        """Let it be solved, with what proves that."""
        self.twin.prove(case=self.case, at=at)
        self.twin.solve(case=self.case, at=at)

    def speak(self, at: datetime) -> None:
        """Let the owner say how far it is, so that their silence rings on another day than what is looked at."""
        self.twin.act(case=self.case, action="progress", at=at)

    def step(self, action: str, at: datetime) -> None:
        """Let somebody who can take a step about what is asked."""
        drawn = (move_drawn(case=self.case, action=action, random=Random(seed), at=at) for seed in count())  # noqa: S311
        move = next(move for move in drawn if not self.twin.oracle.asking.refusal(self.case.told, action, move.said))
        part_step(self.twin, case=self.case, action=action, move=move, at=at)

    def end(self, at: datetime) -> None:
        """Have the ticket be over: verified where it is solved, declined where nobody solved it."""
        for action in ENDING.get(self.case.told.state, ("propose-decline", "confirm-decline")):
            self.twin.act(case=self.case, action=action, at=at)

    def disagreements(self) -> list[str]:
        """Return in what the engine and the oracle differ, once messages have been taken."""
        return [*self.twin.remarks, *disagreements(self.twin.oracle)]


def acknowledging(meeting: Meeting) -> tuple[datetime, Act]:
    """Somebody acknowledges in the last instant."""
    due_at = meeting.due("acknowledge")
    return due_at, lambda held: held.twin.act(case=held.case, action="acknowledge", at=due_at - INSTANT)


def pausing(meeting: Meeting) -> tuple[datetime, Act]:
    """Somebody lets it wait in the last instant; after the sweep it is too late for that."""
    meeting.take("acknowledge", "start")
    meeting.speak(FILED + DAY)
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
    meeting.speak(FILED + DAY)
    due_at = meeting.due("resolve")
    meeting.twin.set_day(stage=meeting.stage, day=date(2026, 3, 9), row={}, at=due_at - INSTANT)
    return due_at, lambda held: held.twin.recompute(stage=held.stage, at=due_at - INSTANT)


@dataclass(frozen=True)
class PartMeeting:
    """A part asked about a ticket in work, and the step that comes in the last instant before its clock rings.

    `then`: what has to follow before it is asked. Of a fire the cause is asked once it is closed.
    """

    asks: str
    clock: str
    step: str
    then: str = ""
    category: str = ORDINARY

    def __call__(self, meeting: Meeting) -> tuple[datetime, Act]:
        """Ask it, let everything else ring, and return when it is due, and the step."""
        self._ask(meeting, meeting.filed + DAY)
        (part,) = meeting.case.told.open_parts(self.clock)
        assert part.arming is not None
        due_at = part.arming.due_at
        meeting.twin.sweep(due_at - INSTANT)
        if self.step == "resolve":
            meeting.twin.prove(case=meeting.case, at=due_at - INSTANT)
            return due_at, lambda held: held.twin.solve(case=held.case, at=due_at - INSTANT)
        return due_at, lambda held: held.step(self.step, due_at - INSTANT)

    def _ask(self, meeting: Meeting, asked: datetime) -> None:
        if self.category == URGENT:
            meeting.take("acknowledge", "record-interim-control", "start")
            meeting.solve(asked)
            meeting.twin.act(case=meeting.case, action=self.asks, at=asked + SOON)
            return
        meeting.take("acknowledge", "start")
        if self.asks == "cannot-solve":
            cannot_solve(meeting.twin, case=meeting.case, at=asked)
            cannot_solve(meeting.twin, case=meeting.case, at=asked + SOON)
            meeting.speak(asked + DAY)
            return
        meeting.step(self.asks, asked)
        if self.then:
            meeting.step(self.then, asked + SOON)


PARTS = (
    PartMeeting("order", "order", "answer-order"),
    PartMeeting("order", "order", "withdraw-order"),
    PartMeeting("offer", "offer", "accept-offer"),
    PartMeeting("offer", "offer", "refuse-offer"),
    PartMeeting("offer", "offer", "withdraw-offer"),
    PartMeeting("offer", "offer", "assign-office"),
    PartMeeting("promise", "promise", "change-promise"),
    PartMeeting("promise", "promise", "resolve"),
    PartMeeting("cannot-solve", "decision", "decide"),
)
MORE_PARTS = (
    PartMeeting("ask-subtask", "subtask", "complete-subtask"),
    PartMeeting("ask-subtask", "subtask", "refuse-subtask"),
    PartMeeting("ask-subtask", "subtask", "withdraw-subtask"),
    PartMeeting("ask-subtask", "subtask", "waive-subtask"),
    PartMeeting("ask-question", "question", "answer-question"),
    PartMeeting("ask-question", "question", "withdraw-question"),
    PartMeeting("next-step", "step", "finish-step"),
    PartMeeting("next-step", "step", "resolve"),
    PartMeeting("adopt", "adoption", "follow-adoption"),
    PartMeeting("recommend", "recommendation", "accept-recommendation"),
    PartMeeting("recommend", "recommendation", "refuse-recommendation"),
    PartMeeting("recommend", "recommendation", "withdraw-recommendation"),
    PartMeeting("recommend", "improvement", "carry-out-recommendation", then="accept-recommendation"),
    PartMeeting("recommend", "improvement", "withdraw-recommendation", then="accept-recommendation"),
    PartMeeting("verify", "review", "review-cause", category=URGENT),
)
MEETINGS = (acknowledging, pausing, resuming, recomputing)


@pytest.fixture
def meeting(committed_world: World, settings: Settings) -> Meeting:
    """A ticket of the committed world, fired by an engine that can be held."""
    settings.DEADLINE_SUBJECTS = {
        **settings.DEADLINE_SUBJECTS,
        "ticket": "tests.properties.test_interleavings.HoldingTickets",
    }
    return Meeting(*twin_of(committed_world, "Asia/Shanghai"))


def assert_act_wins(meeting: Meeting, prepare: Prepare) -> None:
    """Let the sweep come while the act is under way: it passes the ticket, and then finds nothing due any more."""
    due_at, act = prepare(meeting)
    with transaction.atomic():
        act(meeting)
        assert other_connection(lambda: fire_due(now=due_at).fired) == 0
    assert meeting.twin.sweep(due_at) == []
    meeting.twin.end_waits(due_at)
    assert meeting.disagreements() == []


def assert_sweep_wins(meeting: Meeting, prepare: Prepare) -> None:
    """Let the act come while the sweep is under way: it waits, and then finds that the clock has rung."""
    due_at, act = prepare(meeting)
    with ThreadPoolExecutor(1) as pool:
        HoldingTickets.holding = threading.Event()
        try:
            sweep = pool.submit(_sweep, due_at)
            assert HoldingTickets.holding.wait(20)
            assert len(meeting.twin.oracle.swept(due_at)) == 1
            act(meeting)
            assert sweep.result(timeout=PATIENCE) == 1
        finally:
            HoldingTickets.holding = None
    meeting.twin.sweep(due_at)
    meeting.twin.end_waits(due_at)
    assert meeting.disagreements() == []


@pytest.mark.parametrize("prepare", MEETINGS)
def test_an_act_that_is_under_way_first_wins_over_the_sweep(meeting: Meeting, prepare: Prepare) -> None:
    assert_act_wins(meeting, prepare)


@pytest.mark.parametrize("prepare", MEETINGS)
def test_a_sweep_that_is_under_way_first_wins_over_the_act(meeting: Meeting, prepare: Prepare) -> None:
    assert_sweep_wins(meeting, prepare)


ENDS = (assert_act_wins, assert_sweep_wins)


@pytest.mark.slow("tests/properties/test_interleavings.py", after=len(ENDS))
@pytest.mark.parametrize(
    ("parts", "meets"),
    [*product((PARTS, MORE_PARTS), ENDS)],
    ids=("asked-act", "asked-sweep", "more-act", "more-sweep"),
)
def test_every_step_that_ends_or_moves_what_is_asked_meets_its_ringing(
    meeting: Meeting, parts: Sequence[PartMeeting], meets: Callable[[Meeting, Prepare], None]
) -> None:
    """One ticket after the other, each over before the next is filed, so that only its own clocks ring."""
    for number, part in enumerate(parts, start=1):
        filed = FILED + number * APART
        meeting.end(filed - SOON)
        meeting = Meeting(meeting.twin, meeting.stage, filed, part.category)
        meets(meeting, part)


def _sweep(now: datetime) -> int:
    try:
        return fire_due(now=now).fired
    finally:
        connection.close()
