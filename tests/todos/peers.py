"""Systems as they behave: one small TLS server on this machine, and what is common to all that play on it."""

import json
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    document: Any


@dataclass
class Task:
    """A to-do as a system keeps it."""

    id: str
    source_id: str
    person: str
    title: str
    link: str
    due: Any = None
    is_done: bool = False


Reply = tuple[int, Any]
HEADERS: dict[int, dict[str, str]] = {429: {"Retry-After": "30"}}


@dataclass
class Peer:
    """A system as all of them are: its to-dos, what it was asked, and ways to misbehave."""

    port: int = 0
    tasks: dict[str, Task] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    away: int = 0
    """The number of requests for which it answers 503."""
    limited: int = 0
    """The number of requests that come too soon."""
    lost: int = 0
    """The number of answers that are lost on their way, though what was asked is done."""
    drips: int = 0
    """The number of answers that come a byte at a time."""

    @property
    def address(self) -> str:
        """Where it is."""
        return f"https://localhost:{self.port}"

    def answer(self, asked: Asked) -> Reply:
        """Return the status and the document."""
        raise NotImplementedError

    def limit(self) -> Reply:
        """Return how it says that a request comes too soon."""
        return 429, {"message": "too many"}

    def shown(self) -> dict[str, set[str]]:
        """Return what each person sees open: the links."""
        found: dict[str, set[str]] = {}
        for task in self.tasks.values():
            if not task.is_done:
                found.setdefault(task.person, set()).add(task.link)
        return found

    def twice(self) -> list[str]:
        """Return the source ids that stand there more than once."""
        counted = Counter(task.source_id for task in self.tasks.values())
        return [source_id for source_id, count in counted.items() if count > 1]

    def number(self) -> str:
        """Return an id for a new one."""
        return f"task{len(self.asked)}"


class Handler(BaseHTTPRequestHandler):
    """Passes what arrives to the peer that is playing."""

    def __getattr__(self, name: str) -> Any:
        """Answer every method alike."""
        if name.startswith("do_"):
            return self.reply
        raise AttributeError(name)

    def reply(self) -> None:
        """Answer, or misbehave as told."""
        peer: Peer = self.server.peer  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, query, headers, json.loads(body) if body else None)
        peer.asked.append(asked)
        status, document = self._status(peer, asked)
        if peer.lost and status == 200 and self.command != "GET":
            peer.lost -= 1
            self.close_connection = True
            return
        text = json.dumps(document).encode()
        self.send_response(status)
        for name, value in HEADERS.get(status, {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if peer.drips:
            peer.drips -= 1
            self._drip()
            return
        self.wfile.write(text)

    def _status(self, peer: Peer, asked: Asked) -> Reply:
        if peer.away:
            peer.away -= 1
            return 503, {}
        if peer.limited:
            peer.limited -= 1
            return peer.limit()
        return peer.answer(asked)

    def _drip(self) -> None:
        with suppress(OSError):  # the other side hangs up
            for _byte in range(300):
                self.wfile.write(b" ")
                time.sleep(0.05)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - given by the library
        """Say nothing."""


def certificate_make(folder: Path, openssl: str) -> tuple[Path, Path]:
    """Make a certificate of localhost."""
    certificate, key = folder / "peer.pem", folder / "peer.key"
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=peer", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    return certificate, key


@contextmanager
def serving(certificate: Path, key: Path) -> Iterator[ThreadingHTTPServer]:
    """Keep a server on a free port; whoever plays on it is set as its `peer`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
