"""Losing the broker costs seconds, never a message, and never holds a request up."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import connection

from backend.common.clock import database_now
from backend.common.models import OutboxMessage, ProcessHeartbeat
from backend.common.outbox import FIRST_LEASE, outbox_add
from backend.common.publishing import BROKER_CIRCUIT
from backend.common.relay import Relay
from backend.common.selectors import heartbeat_age
from tests.common.conftest import OwnBroker, wait_for
from tests.common.probe_outbox import OUTBOX_TASKS, drafts
from tests.conftest import ROOT, SECONDS_TO_START, process_environment
from tests.patience import PATIENCE, within
from tests.roles import as_owner
from tools.run.children import spawn

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
SECONDS_ALLOWED = 2.0


@pytest.fixture(autouse=True)
def topics(settings: Any) -> None:
    settings.OUTBOX_TASKS = OUTBOX_TASKS


def seconds_to_add(name: str) -> float:
    started = time.monotonic()
    assert len(outbox_add(drafts=drafts(name), now=NOW)) == 1
    return time.monotonic() - started


def queued(socket: Path) -> int:
    client = redis.Redis.from_url(f"unix://{socket}")
    try:
        return int(client.llen("work"))
    finally:
        client.close()


def test_a_dead_broker_delays_nobody_and_is_left_alone_for_five_seconds(own_broker: OwnBroker) -> None:
    assert within(seconds_to_add("before"), SECONDS_ALLOWED)
    own_broker.kill()
    assert within(seconds_to_add("first"), SECONDS_ALLOWED)
    assert BROKER_CIRCUIT.is_open
    assert within(seconds_to_add("second"), 0.1)
    own_broker.start()
    assert within(seconds_to_add("third"), 0.1)
    assert queued(own_broker.socket) == 0
    wait_for(lambda: not BROKER_CIRCUIT.is_open)
    seconds_to_add("fourth")
    assert queued(own_broker.socket) == 1
    assert OutboxMessage.objects.count() == 5


def test_a_frozen_broker_delays_nobody_for_long(own_broker: OwnBroker) -> None:
    seconds_to_add("before")
    own_broker.send(signal.SIGSTOP)
    assert within(seconds_to_add("on an open connection"), SECONDS_ALLOWED)
    BROKER_CIRCUIT.reset()
    assert within(seconds_to_add("on a new connection"), SECONDS_ALLOWED)
    own_broker.send(signal.SIGCONT)
    BROKER_CIRCUIT.reset()
    seconds_to_add("after")
    assert queued(own_broker.socket) >= 2


def test_a_full_broker_refuses_nobody(own_broker: OwnBroker) -> None:
    client = redis.Redis.from_url(f"unix://{own_broker.socket}")
    client.config_set("maxmemory", "1")
    client.close()
    assert within(seconds_to_add("refused"), SECONDS_ALLOWED)
    assert BROKER_CIRCUIT.is_open
    assert Relay().wake_due(now=NOW + timedelta(minutes=1)) == 0


def test_relay_wakes_for_what_is_due_less_and_less_often(own_broker: OwnBroker) -> None:
    outbox_add(drafts=drafts("a", "b"), now=NOW)
    relay = Relay()
    seconds = [second for second in range(1000) if relay.wake_due(now=NOW + timedelta(seconds=second))]
    assert seconds[0] == FIRST_LEASE.total_seconds()
    assert [later - before for before, later in pairwise(seconds)] == [5, 10, 20, 40, 80, 160, 300, 300]
    assert OutboxMessage.objects.filter(next_attempt_at=NOW + FIRST_LEASE).count() == 2, "the relay takes nothing"


def test_relay_tries_soon_again_when_the_broker_is_away(own_broker: OwnBroker) -> None:
    outbox_add(drafts=drafts("a"), now=NOW)
    own_broker.kill()
    relay, later = Relay(), NOW + timedelta(hours=1)
    assert relay.wake_due(now=later) == 0
    BROKER_CIRCUIT.reset()
    own_broker.start()
    assert relay.wake_due(now=later + timedelta(seconds=1)) == 1
    assert queued(own_broker.socket) == 1


@contextmanager
def process(log: Path, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        command = [sys.executable, *arguments]
        running = spawn(command, environment={**process_environment(), **environment}, folder=ROOT, output=output)
        try:
            yield running
        finally:
            running.kill()
            running.wait()


RELAY = """
import os, sys, django
django.setup()
from django.conf import settings
settings.OUTBOX_TASKS = {"probe.consume": "probe.consume"}
from django.core.management import call_command
call_command("outbox_relay")
"""
WORKER = (
    "-c",
    """
import os, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings")
django.setup()
import tests.common.probe_outbox
from django.core.management import call_command
call_command("worker", queues="work", concurrency=1)
""",
)


@pytest.fixture
def relay(broker: redis.Redis, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    with process(tmp_path / "relay.log", "-c", RELAY, DJANGO_SETTINGS_MODULE="backend.config.settings") as running:
        wait_for(lambda: heartbeat_age(name="outbox_relay", now=database_now()) is not None, seconds=SECONDS_TO_START)
        yield running


def test_a_flushed_broker_loses_no_message(relay: subprocess.Popen[bytes], broker: redis.Redis, tmp_path: Path) -> None:
    names = [f"m{number}" for number in range(20)]
    for name in names:
        outbox_add(drafts=drafts(name), now=database_now())
    assert broker.llen("work") >= 1
    broker.flushdb()
    with process(tmp_path / "worker.log", *WORKER):
        wait_for(
            lambda: ProcessHeartbeat.objects.filter(name__in=names).count() == len(names), seconds=SECONDS_TO_START
        )
    assert OutboxMessage.objects.filter(done_at__isnull=True).count() == 0


def test_relay_outlives_its_database_connection_and_leaves_on_sigterm(relay: subprocess.Popen[bytes]) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    interrupted = database_now()
    wait_for(lambda: ProcessHeartbeat.objects.get(name="outbox_relay").beat_at > interrupted)
    relay.send_signal(signal.SIGTERM)
    assert relay.wait(timeout=PATIENCE) == 0
