"""Several connections at once: exactly once, nobody waits, nobody starves, the earlier commit wins."""

import threading
from uuid import UUID

import pytest
from django.db import connection, transaction

from backend.deadlines.models import Escalation, Timer
from backend.deadlines.services import fire_due, timers_stop
from backend.deadlines.services.firing import BATCH_TIMERS
from tests.deadlines.conftest import (
    MINUTE,
    NOW,
    LockedSubjects,
    arm,
    arm_many,
    at_once,
    carried_out,
    other_connection,
    subjects,
)
from tests.deadlines.probe import ProbeSubjects

pytestmark = pytest.mark.usefixtures("engine_db")


@pytest.mark.parametrize("engines", [2, 4])
def test_engines_at_the_same_instant_fire_each_rung_once(engines: int) -> None:
    ids = subjects(1200)
    arm_many(ids, NOW)
    summaries = at_once(*[lambda: fire_due(now=NOW)] * engines)
    fire_due(now=NOW)
    assert sum(summary.fired for summary in summaries) <= 1200
    assert len(carried_out()) == len(set(ids)) == Escalation.objects.count() == 1200


def test_two_engines_on_one_subject_share_nothing_twice() -> None:
    for _ in range(20):
        [subject] = subjects(1)
        arm(subject, NOW, clock="acknowledge", repeat_every=MINUTE)
        arm(subject, NOW, clock="act", repeat_every=MINUTE)
        at_once(*[lambda: fire_due(now=NOW + 3 * MINUTE)] * 2)
        fire_due(now=NOW + 3 * MINUTE)
        assert sorted((clock, rung) for clock, _, rung, _, _ in carried_out(subject)) == [
            (clock, rung) for clock in ("acknowledge", "act") for rung in range(4)
        ]


def test_a_head_of_locked_subjects_does_not_starve_the_rest_and_fires_when_free() -> None:
    head, rest = subjects(BATCH_TIMERS + 100), subjects(30)
    arm_many(head, NOW - MINUTE)
    arm_many(rest, NOW)
    with LockedSubjects(head):
        summary = fire_due(now=NOW)
        assert (summary.fired, summary.skipped) == (30, len(head))
    assert fire_due(now=NOW).fired == len(head)


def stop(subject_id: UUID) -> int:
    """Acknowledge as a user's action does: lock the subject, then stop its clock."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM probe.subject WHERE id = %s FOR NO KEY UPDATE", [subject_id])
        return timers_stop(
            subject_kind="probe", subject_id=subject_id, clocks=["acknowledge"], now=NOW, reason="acknowledged"
        )


def test_a_stop_that_is_under_way_first_wins_over_the_sweep() -> None:
    [subject] = subjects(1)
    arm(subject, NOW, repeat_every=MINUTE)
    with transaction.atomic():
        assert stop(subject) == 1
        assert other_connection(lambda: fire_due(now=NOW)).fired == 0
    assert fire_due(now=NOW).fired == 0
    assert carried_out() == []


def test_a_sweep_that_is_under_way_first_wins_over_the_stop_and_is_the_last() -> None:
    [subject] = subjects(1)
    arm(subject, NOW, repeat_every=MINUTE)
    firing, stopping = threading.Event(), threading.Event()

    def hold() -> None:
        firing.set()
        stopping.wait(0.3)  # the stop is waiting for the subject's lock meanwhile

    def stop_meanwhile() -> int:
        assert firing.wait(10)
        return stop(subject)

    ProbeSubjects.during_fire = hold
    fired, stopped = at_once(lambda: fire_due(now=NOW).fired, stop_meanwhile)
    assert (fired, stopped) == (1, 1)
    assert fire_due(now=NOW + 60 * MINUTE).fired == 0
    assert [rung for _, _, rung, _, _ in carried_out()] == [0]


def test_stops_racing_sweeps_leave_nothing_fired_after_the_stop() -> None:
    for _ in range(30):
        [subject] = subjects(1)
        timer = arm(subject, NOW, repeat_every=MINUTE)
        at_once(lambda held=subject: stop(held), lambda: fire_due(now=NOW).fired)  # type: ignore[misc]
        fire_due(now=NOW + 60 * MINUTE)
        timer.refresh_from_db()
        assert not timer.armed
        assert timer.rung == len(carried_out(subject)) <= 1


def test_a_claim_that_read_an_old_version_of_a_row_checks_it_again() -> None:
    """A sweep whose snapshot still sees the clock armed must not fire it once the stop has committed."""
    ids = subjects(300)
    arm_many(ids, NOW)
    at_once(lambda: [stop(subject) for subject in ids], lambda: [fire_due(now=NOW) for _ in range(10)])
    stopped_unfired = Timer.objects.filter(stop_reason="acknowledged", rung=0).count()
    fired = Timer.objects.filter(rung=1).count()
    assert stopped_unfired + fired == 300
    assert len(carried_out()) == Escalation.objects.count() == fired
