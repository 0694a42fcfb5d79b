"""A clock that jumps forward holds all firing until it has been steady for a minute or an operator says so."""

import time
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from backend.deadlines.clocks import ClockReading, ClockWatch, clock_step
from backend.deadlines.models import EngineHeartbeat, FiringHold, SweepGap
from backend.deadlines.selectors import hold_current, sweep_gap_open, sweep_gaps
from backend.deadlines.services.engine import Engine, read_clocks
from tests.deadlines.conftest import MINUTE, NOW, arm, carried_out, subjects

SECOND = timedelta(seconds=1)


class Clocks:
    """A host's uptime and a database's clock that a test moves together or apart."""

    def __init__(self) -> None:
        self.now, self.uptime = NOW, 1000.0

    def __call__(self) -> ClockReading:
        return ClockReading(now=self.now, before=self.uptime, after=self.uptime)

    def go(self, seconds: float) -> None:
        """Let time pass for both."""
        self.now += timedelta(seconds=seconds)
        self.uptime += seconds

    def engine(self, name: str = "engine-1") -> Engine:
        """Return an engine of this host."""
        return Engine(name=name, read=self, boot="this boot")


def test_a_step_is_what_no_delay_can_explain() -> None:
    first = ClockReading(now=NOW, before=0, after=0)
    assert clock_step(first, ClockReading(now=NOW + 10 * SECOND, before=10, after=10)) == timedelta(0)
    assert clock_step(first, ClockReading(now=NOW + 10 * SECOND, before=1, after=50)) == timedelta(0)
    assert clock_step(first, ClockReading(now=NOW + 100 * SECOND, before=10, after=11)) == 89 * SECOND
    assert clock_step(first, ClockReading(now=NOW - 100 * SECOND, before=10, after=11)) == -110 * SECOND


def test_the_real_clocks_agree() -> None:
    watch = ClockWatch()
    for _ in range(3):
        before = time.clock_gettime(time.CLOCK_BOOTTIME)
        assert watch.observe(ClockReading(now=NOW, before=before, after=before)) == timedelta(0)


@pytest.mark.usefixtures("engine_db")
class TestHold:
    def test_the_database_and_this_host_agree(self) -> None:
        engine = Engine(name="engine-1", read=read_clocks)
        engine.drain()
        engine.drain()
        assert not FiringHold.objects.exists()

    def test_a_jump_over_30_s_holds_and_60_s_of_steady_clocks_release(self, caplog: pytest.LogCaptureFixture) -> None:
        [subject] = subjects(1)
        arm(subject, NOW + 30 * MINUTE)
        clocks = Clocks()
        engine = clocks.engine()
        engine.drain()
        clocks.now += 60 * MINUTE
        engine.drain()
        assert carried_out() == []
        hold = hold_current()
        assert hold is not None
        assert (hold.jump, hold.seen_by, hold.since) == (60 * MINUTE, "engine-1", NOW + 60 * MINUTE)
        assert "ALARM" in caplog.text
        for _ in range(119):
            clocks.go(0.5)
            engine.drain()
        assert carried_out() == []
        clocks.go(1)
        engine.drain()
        assert len(carried_out()) == 1
        assert FiringHold.objects.get().released_by == "steady clocks"
        assert not SweepGap.objects.exists()

    def test_a_clock_that_jumps_back_is_watched_for_another_minute(self) -> None:
        [subject] = subjects(1)
        arm(subject, NOW + 30 * MINUTE)
        clocks = Clocks()
        engine = clocks.engine()
        engine.drain()
        clocks.now += 60 * MINUTE
        engine.drain()
        clocks.go(50)
        clocks.now -= 60 * MINUTE
        engine.drain()
        clocks.go(50)
        engine.drain()
        assert hold_current() is not None
        clocks.go(15)
        engine.drain()
        assert hold_current() is None
        assert carried_out() == []

    def test_slow_drift_and_small_steps_hold_nothing(self) -> None:
        clocks = Clocks()
        engine = clocks.engine()
        for _ in range(10):
            clocks.go(1)
            clocks.now += timedelta(seconds=29)
            engine.drain()
        assert not FiringHold.objects.exists()

    def test_a_suspended_host_is_no_jump(self) -> None:
        [subject] = subjects(1)
        arm(subject, NOW + 30 * MINUTE)
        clocks = Clocks()
        engine = clocks.engine()
        engine.drain()
        clocks.go(3600)
        engine.drain()
        assert not FiringHold.objects.exists()
        assert len(carried_out()) == 1

    def test_a_process_started_after_the_jump_sees_it_by_the_last_sign_of_life_of_another(self) -> None:
        [subject] = subjects(1)
        arm(subject, NOW + 30 * MINUTE)
        clocks = Clocks()
        clocks.engine("engine-1").drain()
        clocks.go(5)
        clocks.now += 60 * MINUTE
        clocks.engine("worker").drain()
        hold = hold_current()
        assert hold is not None
        assert hold.seen_by == "worker"
        assert carried_out() == []

    def test_two_engines_open_one_hold_and_neither_fires(self) -> None:
        [subject] = subjects(1)
        arm(subject, NOW + 30 * MINUTE)
        clocks = Clocks()
        engines = [clocks.engine("engine-1"), clocks.engine("engine-2")]
        for engine in engines:
            engine.drain()
        clocks.now += 60 * MINUTE
        for engine in engines:
            engine.drain()
        assert FiringHold.objects.count() == 1
        assert carried_out() == []
        with pytest.raises(IntegrityError, match="firing_hold_open"):
            FiringHold.objects.create(reason="clock_jump", since=NOW, jump=MINUTE, seen_by="engine-2")

    def test_an_operator_releases_it_at_once_and_is_named(self) -> None:
        [subject] = subjects(1)
        arm(subject, NOW + 30 * MINUTE)
        clocks = Clocks()
        engine = clocks.engine()
        engine.drain()
        clocks.now += 60 * MINUTE
        engine.drain()
        said = StringIO()
        call_command("deadlines_release", by="Dan", stdout=said)
        assert "1 hold(s) released" in said.getvalue()
        clocks.go(0.5)
        engine.drain()
        assert len(carried_out()) == 1
        assert FiringHold.objects.get().released_by == "Dan"
        call_command("deadlines_release", by="Dan", stdout=said)
        assert "Nothing was held" in said.getvalue()


@pytest.mark.usefixtures("engine_db")
class TestGap:
    def test_a_time_without_any_sweep_is_recorded_once_from_when_to_when(self) -> None:
        clocks = Clocks()
        engines = [clocks.engine("engine-1"), clocks.engine("engine-2")]
        for engine in engines:
            engine.drain()
        assert sweep_gap_open(now=NOW + 29 * SECOND) is None
        assert sweep_gap_open(now=NOW + 5 * MINUTE) == 5 * MINUTE
        clocks.go(600)
        for engine in engines:
            engine.drain()
        [gap] = sweep_gaps(since=NOW)
        assert (gap.started_at, gap.ended_at, gap.noted_by) == (NOW, NOW + 10 * MINUTE, "engine-1")
        assert sweep_gap_open(now=clocks.now) is None

    def test_one_process_that_sweeps_is_enough_for_no_gap(self) -> None:
        clocks = Clocks()
        clocks.engine("engine-2").drain()
        engine = clocks.engine("engine-1")
        for _ in range(60):
            clocks.go(10)
            engine.drain()
        assert not SweepGap.objects.exists()

    def test_signs_of_life_come_at_most_once_a_second_and_add_up_what_was_done(self) -> None:
        clocks = Clocks()
        engine = clocks.engine()
        for step in range(1, 22):
            [subject] = subjects(1)
            arm(subject, NOW)
            engine.drain()
            beat = EngineHeartbeat.objects.get()
            assert beat.beat_at == NOW + timedelta(seconds=(step - 1) // 10)
            clocks.go(0.1)
        beat.refresh_from_db()
        assert (beat.name, beat.fired, beat.started_at) == ("engine-1", 21, NOW)
