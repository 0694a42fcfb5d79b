"""A web server of the test's own, and a wire between it and the database that can be cut and mended."""

import contextlib
import json
import signal
import socket
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.common.conftest import own_broker, wait_for
from tests.conftest import ROOT, SECONDS_TO_START, process_environment
from tests.patience import PATIENCE
from tests.world import World
from tools.run.children import spawn, stop

__all__ = ["own_broker"]


@dataclass
class Wire:
    """Passes bytes between a socket in `folder`, where libpq looks for a server, and the real database."""

    folder: Path
    _listener: socket.socket | None = None
    _ends: list[socket.socket] = field(default_factory=list)

    def mend(self) -> None:
        """Accept connections from now on."""
        path = self.folder / ".s.PGSQL.5432"
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        """Drop every connection and take no more."""
        if self._listener:
            (self.folder / ".s.PGSQL.5432").unlink(missing_ok=True)
            self._close(self._listener)
        for end in self._ends:
            self._close(end)
        self._ends.clear()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = listener.accept()
                far = self._database()
                self._ends += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    @staticmethod
    def _database() -> socket.socket:
        database = connection.settings_dict
        port = database["PORT"] or 5432
        if database["HOST"].startswith("/"):
            far = socket.socket(socket.AF_UNIX)
            far.connect(f"{database['HOST']}/.s.PGSQL.{port}")
            return far
        return socket.create_connection((database["HOST"], int(port)))

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        self._close(source)
        self._close(target)

    @staticmethod
    def _close(end: socket.socket) -> None:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@dataclass(frozen=True)
class Answer:
    """The answer of a web server."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Server:
    """A gunicorn that reaches the database through the wire."""

    port: int
    wire: Wire

    def send(self, path: str, body: object = None, **headers: str) -> Answer:
        """Get a path, or post a body to it."""
        data = None if body is None else json.dumps(body).encode()
        given = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, given)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - our own server
                return Answer(answer.status, dict(answer.headers), json.loads(answer.read()))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers), json.loads(error.read()))

    def is_up(self) -> bool:
        """Say whether it answers at all."""
        with contextlib.suppress(OSError):
            return self.send("/healthz").status == 200
        return False


@pytest.fixture
def server(committed_world: World) -> Iterator[Server]:
    """A running web server on the test's database."""
    with tempfile.TemporaryDirectory(prefix="wire-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        wire = Wire(Path(folder))
        wire.mend()
        environment = process_environment()
        database = connection.settings_dict
        environment["DATABASE_URL"] = (
            f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={folder}"
        )
        command = [sys.executable, "-m", "gunicorn", "backend.config.wsgi:application", "-b", f"127.0.0.1:{port}"]
        options = ["--worker-class", "gthread", "--threads", "4", "--no-control-socket", "--log-level", "error"]
        process = spawn([*command, *options], environment=environment, folder=ROOT, death_signal=signal.SIGTERM)
        try:
            server = Server(port, wire)
            wait_for(server.is_up, seconds=SECONDS_TO_START)
            yield server
        finally:
            stop(process, grace=20)
            wire.cut()
