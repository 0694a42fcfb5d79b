"""The worker's tasks run in threads of one process, and the relay sends off what is scheduled."""

import signal
from pathlib import Path

import pytest
import redis
from celery import current_app

from backend.common.models import ProcessHeartbeat
from backend.common.time_limits import OVERDUE
from backend.health.selectors import workers_heard
from tests.common.conftest import wait_for
from tests.common.test_broker_away import WORKER, process
from tests.conftest import SECONDS_TO_START
from tests.patience import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)
RELAY = ("manage.py", "outbox_relay", "--skip-checks", "--schedule")


def queued(broker: redis.Redis, task: bytes) -> int:
    """Return how often a scheduled task waits for a worker."""
    return sum(task in message for message in broker.lrange("deadlines", 0, -1))


def test_a_worker_ends_for_a_task_that_runs_longer_than_it_may(broker: redis.Redis, tmp_path: Path) -> None:
    with process(tmp_path / "worker.log", *WORKER) as worker:
        current_app.send_task("probe.hang", queue="work")
        wait_for(ProcessHeartbeat.objects.filter(name="hangs").exists, seconds=SECONDS_TO_START)
        assert worker.wait(timeout=PATIENCE) == OVERDUE
    assert "ALARM: probe.hang ran longer than it may" in (tmp_path / "worker.log").read_text(encoding="utf-8")


def test_a_worker_leaves_on_sigterm(broker: redis.Redis, tmp_path: Path) -> None:
    with process(tmp_path / "worker.log", *WORKER) as worker:
        wait_for(lambda: bool(workers_heard()), seconds=SECONDS_TO_START)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=PATIENCE) == 0


def test_a_relay_with_a_schedule_has_the_deadlines_swept(broker: redis.Redis, tmp_path: Path) -> None:
    with process(tmp_path / "relay.log", *RELAY, str(tmp_path / "schedule")) as relay:
        wait_for(lambda: queued(broker, b"deadlines.fire_due") >= 1, seconds=SECONDS_TO_START)
        relay.send_signal(signal.SIGTERM)
        assert relay.wait(timeout=PATIENCE) == 0
