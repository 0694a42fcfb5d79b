"""A web server as it runs in production, on the database of the test, for programs that speak to it from outside."""

import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import ROOT, SECONDS_TO_START, process_environment
from tests.world import World
from tools.run.children import spawn

GUNICORN = (sys.executable, "-m", "gunicorn", "backend.config.wsgi:application")
OPTIONS = ("--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--log-level", "error")
NO_THROTTLE = {"THROTTLE_PRINCIPAL": "1000000/min", "THROTTLE_SIGN_IN": "1000000/min"}


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
            process.wait(timeout=20)


def is_up(url: str) -> bool:
    """Say whether the web server answers."""
    with suppress(OSError), urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:  # noqa: S310 - our own
        return bool(answer.status == 200)
    return False
