"""A subject that fails is found, put off with an alarm and tried again; all others fire."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from backend.deadlines.models import Escalation, Timer
from backend.deadlines.services import fire_due
from tests.deadlines.conftest import MINUTE, NOW, arm, arm_many, carried_out, subjects

pytestmark = pytest.mark.usefixtures("engine_db")


def heal(subject_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE probe.subject SET trouble = '' WHERE id = %s", [subject_id])


@pytest.mark.parametrize("trouble", ["raises", "breaks sql", "refused at commit"])
def test_the_others_fire_in_the_same_pass_and_the_poisoned_one_when_it_has_healed(
    trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    healthy, [poisoned] = subjects(40), subjects(1, trouble=trouble)
    arm_many(healthy[:20], NOW - MINUTE)
    bad = arm(poisoned, NOW - MINUTE)
    arm_many(healthy[20:], NOW)
    summary = fire_due(now=NOW)
    assert (summary.fired, summary.quarantined) == (40, 1)
    assert "ALARM" in caplog.text
    assert str(poisoned) in caplog.text
    bad.refresh_from_db()
    assert (bad.rung, bad.failures, bad.next_try_at, bad.due_at) == (0, 1, NOW + timedelta(seconds=5), NOW - MINUTE)
    assert not Escalation.objects.filter(timer=bad).exists()
    assert carried_out(poisoned) == []

    assert fire_due(now=NOW + timedelta(seconds=4)).claimed == 0
    heal(poisoned)
    assert fire_due(now=NOW + timedelta(seconds=5)).fired == 1
    bad.refresh_from_db()
    assert bad.failures == 0
    assert carried_out(poisoned) == [("acknowledge", 1, 0, NOW - MINUTE, False)]


def test_the_wait_grows_and_is_bounded() -> None:
    [poisoned] = subjects(1, trouble="raises")
    timer = arm(poisoned, NOW)
    now, waits = NOW, []
    for _ in range(9):
        fire_due(now=now)
        timer.refresh_from_db()
        waits.append((timer.next_try_at - now).total_seconds())
        now = timer.next_try_at
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert Timer.objects.get().failures == 9


def test_many_poisoned_subjects_do_not_stop_the_rest() -> None:
    arm_many(subjects(60), NOW)
    arm_many(subjects(15, trouble="raises"), NOW - MINUTE)
    arm_many(subjects(15, trouble="breaks sql"), NOW)
    summary = fire_due(now=NOW)
    assert (summary.fired, summary.quarantined) == (60, 30)
