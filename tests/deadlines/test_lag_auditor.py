"""The auditor beside the loop: it says when a deadline is late, once, and when none is any more."""

import logging
import threading
from datetime import timedelta

import pytest
from django.db import connection

from backend.common.clock import database_now
from backend.common.models import ProcessHeartbeat
from backend.common.selectors import heartbeat_age
from backend.deadlines.services import fire_due, firing_hold_open, firing_hold_release
from backend.deadlines.services.auditing import HEARTBEAT, LagAuditor
from tests.deadlines.conftest import arm, subjects
from tests.deadlines.test_engine_process import eventually
from tests.roles import as_owner

pytestmark = pytest.mark.usefixtures("engine_db")
SECOND = timedelta(seconds=1)


def alarms(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged since the last question."""
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    caplog.clear()
    return said


def test_a_late_deadline_raises_one_alarm_until_it_has_fired(caplog: pytest.LogCaptureFixture) -> None:
    auditor = LagAuditor()
    [subject] = subjects(1)
    arm(subject, database_now() - 3 * SECOND)
    assert 3 * SECOND <= auditor.look() <= 5 * SECOND
    assert alarms(caplog) == []

    [other] = subjects(1)
    arm(other, database_now() - 60 * SECOND)
    assert auditor.look() >= 60 * SECOND
    assert auditor.look() >= 60 * SECOND
    [said] = alarms(caplog)
    assert said.startswith("ALARM: a deadline has been due for 0:01:0")

    fire_due(now=database_now())
    assert auditor.look() == timedelta(0)
    assert alarms(caplog) == ["No deadline is late any more."]


def test_nothing_is_late_while_the_clock_is_distrusted(caplog: pytest.LogCaptureFixture) -> None:
    auditor = LagAuditor()
    [subject] = subjects(1)
    now = database_now()
    arm(subject, now - 60 * SECOND)
    firing_hold_open(jump=3600 * SECOND, seen_by="engine-1", now=now)
    alarms(caplog)
    auditor.look()
    assert alarms(caplog) == []
    firing_hold_release(released_by="somebody", now=now)
    alarms(caplog)
    auditor.look()
    assert len(alarms(caplog)) == 1


def test_it_gives_signs_of_life_from_a_thread_of_its_own_also_after_losing_the_database() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=LagAuditor().run, kwargs={"stop": stop})
    thread.start()
    try:
        eventually(lambda: ProcessHeartbeat.objects.filter(name=HEARTBEAT).exists())
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        cut = database_now()
        eventually(lambda: (heartbeat_age(name=HEARTBEAT, now=cut) or SECOND) < timedelta(0))
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
