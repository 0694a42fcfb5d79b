"""A sweep fires every missed rung once, in due order, never early, and never for a stopped clock."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from backend.deadlines.models import Escalation, FiringHold, Timer
from backend.deadlines.selectors import escalations_of
from backend.deadlines.services import fire_due, timers_arm, timers_stop
from backend.deadlines.services.firing import BATCH_TIMERS, CLAIM, HEAD, PIN
from tests.deadlines.conftest import MINUTE, NOW, arm, arm_many, carried_out, draft, subjects
from tests.roles import as_owner

pytestmark = pytest.mark.usefixtures("engine_db")


def test_nothing_fires_before_its_due_time_and_it_fires_at_that_very_instant() -> None:
    [subject] = subjects(1)
    arm(subject, NOW)
    assert fire_due(now=NOW - timedelta(microseconds=1)).fired == 0
    assert fire_due(now=NOW).fired == 1
    assert carried_out() == [("acknowledge", 1, 0, NOW, False)]


def test_missed_rungs_of_an_outage_fire_in_order_each_with_its_own_due_time() -> None:
    [subject] = subjects(1)
    timer = arm(subject, NOW, NOW + 5 * MINUTE, NOW + 20 * MINUTE, repeat_every=10 * MINUTE)
    assert fire_due(now=NOW + 45 * MINUTE).fired == 5
    due = [NOW + minutes * MINUTE for minutes in (0, 5, 20, 30, 40)]
    assert carried_out() == [("acknowledge", 1, rung, at, rung > 2) for rung, at in enumerate(due)]
    fired = list(escalations_of(subject_kind="probe", subject_id=subject))
    assert [(row.rung, row.due_at, row.fired_at) for row in fired] == [
        (rung, at, NOW + 45 * MINUTE) for rung, at in enumerate(due)
    ]
    timer.refresh_from_db()
    assert (timer.rung, timer.due_at, timer.next_try_at) == (5, NOW + 50 * MINUTE, NOW + 50 * MINUTE)


def test_the_last_rung_repeats_until_somebody_acts() -> None:
    [subject] = subjects(1)
    arm(subject, NOW, repeat_every=10 * MINUTE)
    for repeat in range(30):
        assert fire_due(now=NOW + repeat * 10 * MINUTE).fired == 1
    timers_stop(subject_kind="probe", subject_id=subject, clocks=None, now=NOW + 300 * MINUTE, reason="acknowledged")
    assert fire_due(now=NOW + 1000 * MINUTE).fired == 0


def test_a_repeat_of_a_day_is_24_hours_also_where_summer_time_begins() -> None:
    [subject] = subjects(1)
    timer = arm(subject, NOW, repeat_every=timedelta(days=1))
    fire_due(now=NOW + timedelta(days=40))
    dues = list(Escalation.objects.filter(timer=timer).order_by("rung").values_list("due_at", flat=True))
    assert dues == [NOW + timedelta(days=day) for day in range(41)]
    with connection.cursor() as cursor:
        # A stored "1 day" would be 23 hours long in a session of this zone; 24 hours are not.
        cursor.execute("SELECT repeat_every::text FROM deadlines_timer")
        assert cursor.fetchone() == ("24:00:00",)


def test_a_ladder_without_repeat_ends_and_says_so() -> None:
    [subject] = subjects(1)
    timer = arm(subject, NOW, NOW + MINUTE)
    assert fire_due(now=NOW + MINUTE).fired == 2
    timer.refresh_from_db()
    assert (timer.armed, timer.stop_reason, timer.stopped_at) == (False, "ladder_ended", NOW + MINUTE)
    assert fire_due(now=NOW + 99 * MINUTE).fired == 0


def test_several_clocks_of_one_subject_are_chained_in_due_order() -> None:
    [subject] = subjects(1)
    arm(subject, NOW, NOW + 6 * MINUTE, clock="acknowledge")
    arm(subject, NOW + 3 * MINUTE, NOW + 9 * MINUTE, clock="act")
    assert fire_due(now=NOW + 10 * MINUTE).fired == 4
    assert [(clock, rung) for clock, _, rung, _, _ in carried_out(subject)] == [
        ("acknowledge", 0), ("act", 0), ("acknowledge", 1), ("act", 1),
    ]  # fmt: skip


def test_a_long_outage_is_caught_up_in_bounded_passes_without_a_hole() -> None:
    [subject] = subjects(1)
    arm(subject, NOW, repeat_every=MINUTE)
    fired = [fire_due(now=NOW + 119 * MINUTE).fired for _ in range(4)]
    assert fired == [50, 50, 20, 0]
    assert [rung for _, _, rung, _, _ in carried_out()] == list(range(120))


def test_a_rerun_changes_nothing() -> None:
    ids = subjects(20)
    arm_many(ids, NOW)
    assert fire_due(now=NOW).fired == 20
    before = list(Timer.objects.order_by("id").values())
    assert fire_due(now=NOW).fired == 0
    assert list(Timer.objects.order_by("id").values()) == before
    assert len(carried_out()) == Escalation.objects.count() == 20


def test_more_than_a_batch_drains_in_one_call() -> None:
    arm_many(subjects(2 * BATCH_TIMERS + 3), NOW)
    summary = fire_due(now=NOW)
    assert (summary.fired, summary.batches) == (2 * BATCH_TIMERS + 3, 3)


def test_a_stopped_clock_never_fires_and_its_next_epoch_does() -> None:
    [subject] = subjects(1)
    arm(subject, NOW)
    timers_stop(subject_kind="probe", subject_id=subject, clocks=None, now=NOW - MINUTE, reason="acknowledged")
    arm(subject, NOW + MINUTE)
    assert fire_due(now=NOW + 2 * MINUTE).fired == 1
    assert carried_out() == [("acknowledge", 2, 0, NOW + MINUTE, False)]


def test_timers_of_a_kind_unknown_here_are_left_to_a_newer_engine_and_hold_nobody_up() -> None:
    newer = draft(uuid4(), NOW - MINUTE)
    object.__setattr__(newer, "subject_kind", "newer")
    [subject] = subjects(1)
    timers_arm(drafts=[newer], now=NOW)
    arm(subject, NOW)
    assert fire_due(now=NOW).fired == 1
    left = Timer.objects.get(subject_kind="newer")
    assert (left.armed, left.rung, left.failures) == (True, 0, 0)


def test_nothing_fires_while_a_hold_is_open() -> None:
    [subject] = subjects(1)
    arm(subject, NOW)
    hold = FiringHold.objects.create(reason="clock_jump", since=NOW, jump=MINUTE, seen_by="engine-1")
    assert fire_due(now=NOW).claimed == 0
    FiringHold.objects.filter(pk=hold.pk).update(released_at=NOW, released_by="Dan")
    assert fire_due(now=NOW).fired == 1


def test_the_key_of_an_escalation_refuses_a_second_firing_and_an_early_one() -> None:
    [subject] = subjects(1)
    timer = arm(subject, NOW)
    fire_due(now=NOW)
    with pytest.raises(IntegrityError, match="deadlines_escalation_pkey"):
        Escalation.objects.create(timer=timer, rung=0, due_at=NOW, fired_at=NOW)
    with pytest.raises(IntegrityError, match="escalation_never_early"):
        Escalation.objects.create(timer=timer, rung=1, due_at=NOW, fired_at=NOW - MINUTE)


def test_a_sweep_with_nothing_due_reads_the_partial_index_and_no_more_rows_than_are_due() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO deadlines_timer (subject_kind, subject_id, target, clock, epoch, rung, armed, due_at,"
            " next_try_at, ladder, failures, started_at, stop_reason)"
            " SELECT 'probe', gen_random_uuid(), '', 'act', 1, 0, true, due, due, ARRAY[due], 0, %(now)s, ''"
            " FROM generate_series(1, 20000) AS i, LATERAL (SELECT %(now)s::timestamptz + i * interval '1 s' AS due)",
            {"now": NOW},
        )
        # Once without statistics, once with: the plan is the same.
        for statistics in ("SELECT", "ANALYZE deadlines_timer"):
            with as_owner():
                cursor.execute(statistics)
            for due, at in ((0, NOW), (100, NOW + timedelta(seconds=100))):
                plan = explain(at)
                claim = next(node for node in nodes(plan) if node.get("Index Name") == "timer_due")
                assert claim["Node Type"] == "Index Scan"
                assert claim["Actual Rows"] + claim.get("Rows Removed by Filter", 0) == due
                assert not [node for node in nodes(plan) if node["Node Type"] in {"Seq Scan", "Sort"}]


def explain(now: datetime) -> dict[str, Any]:
    """Return the executed plan of a claim."""
    parameters: dict[str, Any] = {
        "now": now,
        "after_at": HEAD[0],
        "after_id": 0,
        "kinds": ["probe"],
        "limit": BATCH_TIMERS,
    }
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(PIN)
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + CLAIM, parameters)
        plan: dict[str, Any] = cursor.fetchone()[0][0]["Plan"]
        cursor.execute("ROLLBACK")
    return plan


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the node and everything under it."""
    return [plan, *(node for child in plan.get("Plans", []) for node in nodes(child))]
