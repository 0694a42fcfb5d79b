"""Real engine processes: killed in the middle, cut off from the database, asked to stop."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from backend.common.clock import database_now
from backend.deadlines.models import EngineHeartbeat, Escalation
from backend.deadlines.services import fire_due, timers_arm
from backend.deadlines.services.engine import Engine
from backend.deadlines.tasks import fire_due as fire_due_task
from tests.deadlines.conftest import arm, arm_many, carried_out, draft, subjects
from tests.patience import PATIENCE, within
from tests.roles import as_owner
from tools.run.children import spawn

pytestmark = pytest.mark.usefixtures("engine_db")
ROOT = Path(__file__).resolve().parents[2]
Start = Callable[[str], "subprocess.Popen[bytes]"]


def database_url() -> str:
    """Return the URL of the database that this test runs on."""
    held = connection.settings_dict
    query = f"host={quote(held['HOST'], safe='')}" + (f"&port={held['PORT']}" if held["PORT"] else "")
    return f"postgresql://{quote(held['USER'])}:{quote(held['PASSWORD'])}@/{held['NAME']}?{query}"


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that starts an engine process by name; what still runs at the end is killed."""
    processes = []

    def run(name: str) -> "subprocess.Popen[bytes]":
        environment = os.environ | {
            "DATABASE_URL": database_url(),
            "PYTHONPATH": f"{ROOT}:{os.environ.get('PYTHONPATH', '')}",
        }
        command = [sys.executable, "-m", "tests.deadlines.engine_process", name]
        process = spawn(command, environment=environment, folder=ROOT)
        processes.append(process)
        return process

    yield run
    for process in processes:
        process.kill()
        process.wait(10)


def eventually(check: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
    """Wait until the check holds."""
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_killed_inside_a_firing_it_leaves_nothing_half_done_and_a_rerun_fires_all_once(start: Start) -> None:
    now = database_now()
    healthy, [deadly] = subjects(50), subjects(1, trouble="kills")
    arm_many([*healthy, deadly], now - timedelta(minutes=1))
    assert start("engine-1").wait(20) == -signal.SIGKILL
    assert (carried_out(), Escalation.objects.count()) == ([], 0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE probe.subject SET trouble = ''")
    eventually(lambda: fire_due(now=now).fired == 0)
    assert len(carried_out()) == Escalation.objects.count() == 51


def test_two_engines_one_killed_again_and_again_under_load_fire_everything_once(start: Start) -> None:
    start("engine-1")
    victim = start("engine-2")
    now, total = database_now(), 0
    for round_ in range(3):
        eventually(lambda: EngineHeartbeat.objects.filter(name="engine-2").exists())
        ids = subjects(1500)
        timers_arm(drafts=[draft(held, now - timedelta(seconds=1)) for held in ids], now=now)
        total += len(ids)
        time.sleep(0.05 * round_)
        victim.send_signal(signal.SIGKILL)
        victim.wait(10)
        with as_owner():
            EngineHeartbeat.objects.filter(name="engine-2").delete()
        victim = start("engine-2")
    eventually(lambda: Escalation.objects.count() == total)
    assert len(carried_out()) == len(set(carried_firings())) == total


def carried_firings() -> list[tuple[int, int]]:
    """Return (timer, rung) of everything the probe was told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT timer_id, rung FROM probe.fired")
        rows: list[tuple[int, int]] = cursor.fetchall()
        return rows


def test_it_fires_within_a_second_of_the_due_time_and_stops_when_asked(start: Start) -> None:
    process = start("engine-1")
    eventually(EngineHeartbeat.objects.exists)
    [subject] = subjects(1)
    due_at = database_now() + timedelta(seconds=1)
    timers_arm(drafts=[draft(subject, due_at)], now=database_now())
    eventually(Escalation.objects.exists)
    late = (Escalation.objects.get().fired_at - due_at).total_seconds()
    assert late >= 0
    assert within(late, 1)
    process.terminate()
    assert process.wait(5) == 0


def test_it_survives_losing_its_connections_and_goes_on_firing() -> None:
    stop = threading.Event()

    def run() -> None:
        try:
            Engine(name="engine-1").run(stop=stop)
        finally:
            connection.close()

    loop = threading.Thread(target=run)
    loop.start()
    try:
        for lost in range(1, 6):
            eventually(EngineHeartbeat.objects.exists)
            with as_owner(), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    " AND backend_type = 'client backend'"
                )
            [subject] = subjects(1)
            arm(subject, database_now())
            eventually(lambda expected=lost: Escalation.objects.count() == expected)  # type: ignore[misc]
            assert loop.is_alive()
    finally:
        stop.set()
        loop.join(10)


def test_the_task_of_the_beat_path_does_the_same_sweep() -> None:
    [subject] = subjects(1)
    arm(subject, database_now())
    fire_due_task()
    assert len(carried_out(subject)) == 1
    assert EngineHeartbeat.objects.get().name == "worker"
