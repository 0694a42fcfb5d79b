"""Pausing and resuming timers: what rests keeps its ladder, cannot fire, and goes on with the due times it is given."""

from datetime import datetime, timedelta

import pytest

from backend.calendars.working_time import HorizonReached
from backend.deadlines.models import Timer
from backend.deadlines.services import TimerMove, TimerPause, fire_due, timers_pause, timers_resume, timers_stop
from backend.rulebook.ruleset import span_parse
from backend.workflow.clocks import rungs_after_pauses, wait_over_at
from tests.calendars.test_working_time import HOUR, compiled, local, rules_of
from tests.deadlines.conftest import MINUTE, NOW, arm, carried_out, subjects

LATER = NOW + 10 * MINUTE
WEEKS = compiled(rules_of())


def paused(timer: Timer, *, at: datetime = NOW) -> int:
    """Pause a timer, with the time that is left."""
    return timers_pause(pauses=[TimerPause(timer, max(timer.due_at - at, MINUTE))], now=at)


def resumed(timer: Timer, *wanted: datetime, at: datetime) -> int:
    """Let a timer go on with these rungs."""
    timer.refresh_from_db()
    return timers_resume(moves=[TimerMove(timer, wanted, 7)], now=at)


@pytest.mark.usefixtures("engine_db")
def test_a_paused_timer_rests_whatever_its_due_time_and_goes_on_with_new_ones() -> None:
    (subject,) = subjects(1)
    timer = arm(subject, LATER, LATER + MINUTE)
    assert paused(timer) == 1
    timer.refresh_from_db()
    assert (timer.armed, timer.remaining, timer.ladder) == (False, 10 * MINUTE, [LATER, LATER + MINUTE])
    assert fire_due(now=LATER + 60 * MINUTE).fired == 0
    later = LATER + 120 * MINUTE
    assert resumed(timer, later, later + MINUTE, at=LATER + 110 * MINUTE) == 1
    timer.refresh_from_db()
    assert (timer.armed, timer.remaining, timer.due_at, timer.next_try_at) == (True, None, later, later)
    assert timer.calendar_version == 7
    assert fire_due(now=later + MINUTE).fired == 2
    assert [(rung, due) for _clock, _epoch, rung, due, _repeat in carried_out(subject)] == [
        (0, later),
        (1, later + MINUTE),
    ]


@pytest.mark.usefixtures("engine_db")
def test_what_is_due_or_fired_meanwhile_does_not_pause() -> None:
    first, second = (arm(subject, NOW, LATER) for subject in subjects(2))
    assert paused(first) == 0
    assert fire_due(now=NOW).fired == 2
    assert paused(second, at=NOW - MINUTE) == 0
    assert Timer.objects.filter(armed=True, rung=1).count() == 2
    with pytest.raises(ValueError, match="before it is due"):
        TimerPause(first, timedelta(0))


@pytest.mark.usefixtures("engine_db")
def test_a_rung_that_fired_before_the_pause_keeps_its_due_time() -> None:
    (subject,) = subjects(1)
    timer = arm(subject, NOW - MINUTE, LATER)
    fire_due(now=NOW)
    timer.refresh_from_db()
    assert paused(timer) == 1
    assert resumed(timer, LATER, LATER + HOUR, at=LATER) == 1
    timer.refresh_from_db()
    assert (timer.rung, timer.ladder) == (1, [NOW - MINUTE, LATER + HOUR])


@pytest.mark.usefixtures("engine_db")
def test_going_on_late_is_tried_at_once_and_only_what_rests_goes_on() -> None:
    running, stopped, resting = (arm(subject, LATER) for subject in subjects(3))
    assert [paused(timer) for timer in (stopped, resting)] == [1, 1]
    assert timers_stop(subject_kind="probe", subject_id=stopped.subject_id, clocks=None, now=NOW, reason="done") == 1
    late = LATER + HOUR
    assert [resumed(timer, LATER, at=late) for timer in (running, stopped, resting)] == [0, 0, 1]
    resting.refresh_from_db()
    assert (resting.due_at, resting.next_try_at) == (LATER, late)
    assert timers_pause(pauses=[], now=NOW) == timers_resume(moves=[], now=NOW) == 0


@pytest.mark.parametrize(
    ("start", "end", "hours", "days"),
    [
        ("2026-03-02T07:00", "2026-03-02T08:00", 0.0, 0),
        ("2026-03-02T09:00", "2026-03-02T12:30", 3.0, 0),
        ("2026-03-02T12:30", "2026-03-02T13:00", 0.0, 0),
        ("2026-03-06T17:00", "2026-03-09T08:30", 1.0, 1),
        ("2026-03-02T00:00", "2026-03-14T00:00", 80.0, 9),
        ("2026-03-09T08:30", "2026-03-06T17:00", 0.0, 0),
    ],
)
def test_work_and_working_days_between_two_instants(start: str, end: str, hours: float, days: int) -> None:
    assert WEEKS.work_between(local(start), local(end)) == timedelta(hours=hours)
    assert WEEKS.working_days_between(local(start), local(end)) == days


def test_between_ends_at_the_horizon() -> None:
    last = local("2026-03-30T00:00")
    assert WEEKS.work_between(local("2026-03-27T16:30"), last) == HOUR
    for ask in (WEEKS.work_between, WEEKS.working_days_between):
        with pytest.raises(HorizonReached):
            ask(local("2026-03-27T16:30"), last + MINUTE)
        with pytest.raises(HorizonReached):
            ask(local("2026-03-01T23:59"), last)


def test_pauses_move_only_what_was_still_to_come_and_follow_one_another() -> None:
    rungs = tuple(local(text) for text in ("2026-03-02T12:00", "2026-03-04T17:30", "2026-03-06T17:30"))
    first = (local("2026-03-03T10:00"), local("2026-03-04T10:00"))
    second = (local("2026-03-05T17:00"), local("2026-03-07T12:00"))
    moved = rungs_after_pauses(rungs=rungs, pauses=[first, second], calendar=WEEKS)
    assert moved == tuple(local(text) for text in ("2026-03-02T12:00", "2026-03-09T08:30", "2026-03-11T08:30"))
    plain = rungs_after_pauses(rungs=rungs, pauses=[first], calendar=None)
    assert plain == (rungs[0], *(due + timedelta(days=1) for due in rungs[1:]))
    outside = (local("2026-03-07T10:00"), local("2026-03-08T10:00"))
    assert rungs_after_pauses(rungs=[local("2026-03-07T12:00")], pauses=[outside], calendar=WEEKS) == (outside[1],)


@pytest.mark.parametrize(
    ("within", "waits", "with_calendar", "without"),
    [
        ("2dW", [], "2026-03-10T17:30", "2026-03-08T16:00"),
        ("2dW", [("2026-03-02T09:00", "2026-03-03T09:00")], "2026-03-09T17:30", "2026-03-07T16:00"),
        ("2dW", [("2026-03-02T09:00", "2026-03-04T09:00")], "2026-03-06T16:00", "2026-03-06T16:00"),
        ("4hW", [("2026-03-02T09:00", "2026-03-02T11:00")], "2026-03-09T08:30", "2026-03-06T18:00"),
        ("2h", [("2026-03-02T09:00", "2026-03-02T10:00")], "2026-03-06T17:00", "2026-03-06T17:00"),
        ("2h", [("2026-03-02T09:00", "2026-03-02T19:00")], "2026-03-06T16:00", "2026-03-06T16:00"),
    ],
)
def test_a_wait_lasts_as_long_as_earlier_ones_have_left(
    within: str, waits: list[tuple[str, str]], with_calendar: str, without: str
) -> None:
    spans = [(local(start), local(until)) for start, until in waits]
    for calendar, expected in ((WEEKS, with_calendar), (None, without)):
        over = wait_over_at(within=span_parse(within), since=local("2026-03-06T16:00"), waits=spans, calendar=calendar)
        assert over == local(expected)
