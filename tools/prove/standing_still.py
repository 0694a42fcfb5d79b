"""Standing still while others wait: clients that never finish what they send, and a stopped database."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tools.run.installation import read_run

HALF_A_BODY = (
    b"POST %b HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n"
    b'{"username": "alice", '
)
HALF_A_HEAD = b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\nX-More: "
SOCKET_SECONDS = 60.0


@contextmanager
def slow_clients(base: str, number: int, sends: bytes) -> Iterator[list[socket.socket]]:
    """Open connections that send this much and then nothing; close them at the end."""
    parts = urlsplit(base)
    address = (parts.hostname or "", parts.port or 80)
    with ExitStack() as held:
        clients = [held.enter_context(socket.create_connection(address, timeout=SOCKET_SECONDS)) for _ in range(number)]
        for client in clients:
            client.sendall(sends)
        time.sleep(1)  # until each has been noticed
        yield clients


@contextmanager
def frozen_database(state: Path) -> Iterator[None]:
    """Stop the private database of an installation, every process of it; let it go on at the end."""
    server = int(read_run(state)["processes"]["database"])
    os.kill(server, signal.SIGSTOP)
    children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="utf-8").split()
    for child in children:
        os.kill(int(child), signal.SIGSTOP)
    try:
        yield
    finally:
        for process in (*map(int, children), server):
            os.kill(process, signal.SIGCONT)
