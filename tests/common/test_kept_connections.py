"""A connection is kept from task to task and from request to request, and one that is gone is noticed and replaced."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.common.models import ProcessHeartbeat
from backend.common.outbox import outbox_add
from tests.common.conftest import wait_for
from tests.common.probe_outbox import OUTBOX_TASKS, drafts
from tests.common.test_broker_away import WORKER, process
from tests.conftest import SECONDS_TO_START

pytestmark = pytest.mark.django_db(transaction=True)
KILL = "SELECT pg_terminate_backend(%s)"


def end_session(number: int) -> None:
    """Let the server end a session, as an operator would."""
    database = connection.settings_dict
    with psycopg.connect(
        dbname=database["NAME"], user=database["USER"], password=database["PASSWORD"], host=database["HOST"]
    ) as other:
        other.execute(KILL, [number])


def session_that_takes(name: str) -> int:
    """Have the worker take a message; return the number of the session in which it did."""
    outbox_add(drafts=drafts(name, topic="probe.other"), now=database_now())
    wait_for(lambda: ProcessHeartbeat.objects.filter(name__startswith=name).exists(), seconds=SECONDS_TO_START)
    return int(ProcessHeartbeat.objects.get(name__startswith=name).name.split()[1])


def test_a_worker_keeps_its_session_and_gets_a_new_one_when_it_was_killed(
    settings: Any, broker: redis.Redis, tmp_path: Path
) -> None:
    settings.OUTBOX_TASKS = OUTBOX_TASKS
    with process(tmp_path / "worker.log", *WORKER):
        first, second = session_that_takes("first"), session_that_takes("second")
        assert first == second
        end_session(first)
        assert session_that_takes("third") != first


def test_a_session_that_is_gone_is_noticed_without_a_statement() -> None:
    before = database_now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ours = cursor.fetchone()[0]
    with CaptureQueriesContext(connection) as captured:
        assert connection.is_usable()
    end_session(ours)
    wait_for(lambda: not connection.is_usable())
    assert len(captured) == 0
    connection.close_if_unusable_or_obsolete()
    assert database_now() > before
