"""The shipped proxy in front of a running web."""

import os
import shutil
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.run.children import spawn, stop, wait_until
from tools.run.installation import ROOT, free_port
from tools.run.state import StateError

CADDY = Path(sys.executable).with_name("caddy")
START_SECONDS = 60
STOP_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running proxy: its address and its process."""

    base_url: str
    pid: int


@contextmanager
def proxied(web_port: int, *, is_up: bool = True) -> Iterator[Proxy]:
    """Run Caddy with the shipped file in front of the web, or of nothing where it is not up."""
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    folder = tempfile.mkdtemp(prefix="caddy-")
    settings = {"PUBLIC_URL": base_url, "WEB_ADDRESS": f"127.0.0.1:{web_port}", "HOME": folder}
    command = [str(CADDY), "run", "--config", str(ROOT / "deploy" / "Caddyfile"), "--adapter", "caddyfile"]
    log = Path(folder) / "log"
    with log.open("wb") as output:
        process = spawn(command, environment={**os.environ, **settings}, folder=ROOT, output=output)
    try:
        expected = 200 if is_up else 502
        if not wait_until(lambda: status_of(f"{base_url}/healthz") == expected, seconds=START_SECONDS):
            raise StateError(f"The proxy did not start:\n{log.read_text(errors='replace')[-2000:]}")
        yield Proxy(base_url, process.pid)
    finally:
        stop(process, grace=STOP_SECONDS)
        shutil.rmtree(folder)


def status_of(address: str) -> int:
    """Return the status that is answered there; 0 where nobody listens."""
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - our own
            return int(answer.status)
    except urllib.error.HTTPError as answer:
        return answer.code
    except OSError:
        return 0
