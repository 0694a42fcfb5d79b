"""The auditor states every invariant, and finds rows that break one."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from backend.common.clock import database_now
from backend.deadlines.invariants import INVARIANTS
from backend.deadlines.models import Escalation, Timer
from backend.deadlines.selectors import engine_lag, next_due_after
from backend.deadlines.services import fire_due, timers_stop
from tests.deadlines.conftest import MINUTE, arm, subjects
from tests.roles import as_owner

pytestmark = pytest.mark.usefixtures("engine_db")


def audit() -> str:
    """Return what the auditor prints; raises CommandError when something is broken."""
    said = StringIO()
    call_command("deadlines_audit", stdout=said)
    return said.getvalue()


def broken() -> str:
    """Return what the auditor prints about a broken invariant."""
    said = StringIO()
    with pytest.raises(CommandError, match="broken"):
        call_command("deadlines_audit", stdout=said)
    return "".join(line for line in said.getvalue().splitlines() if line.startswith("BROKEN"))


def test_all_hold_after_firing_stopping_repeating_and_ending() -> None:
    now = database_now()
    one, two, three = subjects(3)
    arm(one, now - 90 * MINUTE, now - 80 * MINUTE, repeat_every=7 * MINUTE)
    arm(two, now - MINUTE)
    arm(three, now + MINUTE)
    timers_stop(subject_kind="probe", subject_id=three, clocks=None, now=now, reason="acknowledged")
    arm(three, now + MINUTE)
    fire_due(now=now)
    said = audit()
    assert said.count("holds") == len(INVARIANTS)
    assert "BROKEN" not in said


def test_a_due_timer_that_nobody_fires_is_found_and_measured() -> None:
    now = database_now()
    assert engine_lag(now=now) == timedelta(0)
    [subject] = subjects(1)
    timer = arm(subject, now - MINUTE)
    assert engine_lag(now=now) == MINUTE
    assert next_due_after(now=now) is None
    assert next_due_after(now=now - 2 * MINUTE) == timer.due_at
    assert "past due" in broken()


def test_a_missing_escalation_is_found() -> None:
    now = database_now()
    [subject] = subjects(1)
    arm(subject, now - 30 * MINUTE, repeat_every=10 * MINUTE)
    fire_due(now=now)
    with as_owner():
        Escalation.objects.filter(rung=1).delete()
    assert "exactly those before its present one" in broken()


def test_a_rung_that_fired_with_another_due_time_is_found() -> None:
    now = database_now()
    [subject] = subjects(1)
    arm(subject, now - 30 * MINUTE, repeat_every=10 * MINUTE)
    fire_due(now=now)
    with connection.cursor() as cursor, as_owner():
        cursor.execute("UPDATE deadlines_escalation SET due_at = due_at - interval '1 s' WHERE rung = 2")
    assert "due time its ladder gives" in broken()


def test_an_unordered_ladder_a_drifted_repeat_a_hole_in_the_epochs_and_an_unknown_kind_are_found() -> None:
    now = database_now()
    for change, words in (
        ({"ladder": [now + 2 * MINUTE, now]}, "in order"),
        ({"rung": 1}, "next rung"),
        ({"epoch": 2}, "without a gap"),
        ({"subject_kind": "unknown"}, "handler"),
    ):
        [subject] = subjects(1)
        timer = arm(subject, now + 2 * MINUTE, repeat_every=MINUTE)
        with as_owner():
            Timer.objects.filter(pk=timer.pk).update(**change)
        assert words in broken()
        with as_owner():
            Timer.objects.all().delete()
