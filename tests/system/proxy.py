"""The shipped proxy in front of a running web, and clients that never finish what they send."""

import os
import shutil
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.patience import PATIENCE
from tests.system.installation import ROOT
from tools.run.children import spawn, stop, wait_until
from tools.run.installation import free_port

CADDY = Path(sys.executable).with_name("caddy")
HALF_A_BODY = (
    b"POST %b HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n"
    b'{"username": "alice", '
)
HALF_A_HEAD = b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\nX-More: "


@contextmanager
def proxied(web_port: int, *, is_up: bool = True) -> Iterator[str]:
    """Run Caddy with the shipped file in front of the web, or of nothing where it is not up; yield its address."""
    port = free_port()
    folder = tempfile.mkdtemp(prefix="caddy-")
    settings = {"PUBLIC_URL": f"http://127.0.0.1:{port}", "WEB_ADDRESS": f"127.0.0.1:{web_port}", "HOME": folder}
    command = [str(CADDY), "run", "--config", str(ROOT / "deploy" / "Caddyfile"), "--adapter", "caddyfile"]
    with (Path(folder) / "log").open("wb") as log:
        process = spawn(command, environment={**os.environ, **settings}, folder=ROOT, output=log)
    try:
        expected = 200 if is_up else 502
        assert wait_until(lambda: status_of(f"http://127.0.0.1:{port}/healthz") == expected, seconds=PATIENCE)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process, grace=20)
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


@contextmanager
def slow_clients(base: str, number: int, sends: bytes) -> Iterator[list[socket.socket]]:
    """Open connections that send this much and then nothing; close them at the end."""
    host, port = base.removeprefix("http://").split(":")
    with ExitStack() as held:
        clients = [
            held.enter_context(socket.create_connection((host, int(port)), timeout=PATIENCE)) for _ in range(number)
        ]
        for client in clients:
            client.sendall(sends)
        time.sleep(1)  # until each has been noticed
        yield clients
