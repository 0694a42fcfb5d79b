"""Runs pytest against private servers that live as long as the run: `python -m tools.testing [pytest's arguments]`."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from uuid import uuid4

from tools.run.children import die_with_parent, spawn, stop
from tools.run.embedded import leave_on_sigterm, temporary_servers
from tools.run.postgres import OWNER
from tools.run.ready_tables import VARIABLE as READY_TABLES
from tools.run.state import StateError
from tools.testing.line_coverage import lines_measured

ROOT = Path(__file__).resolve().parents[2]
MOST_PROCESSES = 4


def run_pytest(arguments: list[str]) -> int:
    """Run pytest in one process more than there are cores, since much of it waits (at most 4); return its exit code."""
    processes = min(len(os.sched_getaffinity(0)) + 1, MOST_PROCESSES)
    counts_lines = os.environ.get("COVERAGE") == "1"
    measuring: AbstractContextManager[dict[str, str]] = lines_measured() if counts_lines else nullcontext({})
    with temporary_servers() as servers, measuring as measured:
        environment = {
            **os.environ,
            **measured,
            "DATABASE_URL": servers.postgres.url(OWNER),
            "REDIS_URL": servers.valkey.url,
            "SECRET_KEY": "for tests only",
            "DEVELOPMENT": "1",
            READY_TABLES: str(servers.postgres.data.parent / "ready-tables.sql"),
        }
        environment.pop("CELERY_BROKER_URL", None)
        run = uuid4().hex
        own = ("-p", "tools.testing.worker_broker", "-n", str(processes), "--testrunuid", run)
        with database_made_meanwhile(run, environment):
            child = subprocess.Popen(
                [sys.executable, "-m", "pytest", *own, *arguments],
                cwd=ROOT,
                env=environment,
                preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - no threads
            )
            try:
                return child.wait()
            finally:
                end(child)


@contextmanager
def database_made_meanwhile(run: str, environment: dict[str, str]) -> Iterator[None]:
    """Have the run's database migrated while its tests are collected; what goes wrong, the tests meet and tell."""
    maker = spawn(
        [sys.executable, "-m", "tests.template_database", run],
        environment={**environment, "DJANGO_SETTINGS_MODULE": "backend.config.settings"},
        folder=ROOT,
        output=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        stop(maker)


def end(child: "subprocess.Popen[bytes]") -> None:
    """Give an interrupted pytest ten seconds to clean up before the servers go."""
    if child.poll() is not None:
        return
    child.send_signal(signal.SIGINT)
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()


if __name__ == "__main__":
    leave_on_sigterm()
    # Whoever starts us in the background has us ignore it; tests that interrupt what they started need it heard.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.exit(run_pytest(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except StateError as problem:
        sys.exit(str(problem))
