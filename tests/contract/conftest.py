"""A web server as it runs in production, on the database of the test, for programs that speak to it from outside."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import ROOT, SECONDS_TO_START, process_environment
from tests.patience import PATIENCE
from tests.world import World
from tools.run.children import spawn

GUNICORN = (sys.executable, "-m", "gunicorn", "backend.config.wsgi:application")
OPTIONS = ("--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--log-level", "error")
NO_THROTTLE = {"THROTTLE_PRINCIPAL": "1000000/min", "THROTTLE_SIGN_IN": "1000000/min"}
SOURCES = Path(__file__).parent
SECONDS = 600


def run(folder: Path, *command: str | Path, seconds: int = SECONDS, environment: dict[str, str] | None = None) -> str:
    """Run a program in a folder and return what it printed; it must succeed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | (environment or {}),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def server(committed_world: World, tmp_path: Path) -> Iterator[str]:
    """The address of a running web server; nobody is told to wait for asking too often."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    log = tmp_path / "server.log"
    with log.open("wb") as output:
        process = spawn(
            [*GUNICORN, "-b", f"127.0.0.1:{port}", *OPTIONS],
            environment=process_environment() | NO_THROTTLE,
            folder=ROOT,
            death_signal=signal.SIGTERM,
            output=output,
        )
        try:
            deadline = time.monotonic() + SECONDS_TO_START
            while not is_up(url):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, "the web server did not answer"
                time.sleep(0.1)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


def is_up(url: str) -> bool:
    """Say whether the web server answers."""
    with suppress(OSError), urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:  # noqa: S310 - our own
        return bool(answer.status == 200)
    return False
