"""A commit is carried out and its answer lost: a proxy between a web, an engine and PostgreSQL cuts connections."""

import itertools
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from tools.prove.chaos.faults.base import Fault
from tools.prove.chaos.target import ChaosWentWrong, application_url
from tools.prove.demo.clients import NoAnswer, Person
from tools.run.children import wait_until
from tools.run.installation import free_port, manage_command
from tools.run.processes import PROCESSES

SOCKET = ".s.PGSQL.5432"
CUT_EVERY = 7
CLIENTS, PAUSE_SECONDS = 3, 1.5
START_SECONDS = 60


class AnswerLost(Fault):
    """People file over a web whose commits lose their answers, beside an engine that fares the same."""

    name = "answer-lost"
    hold_seconds = 10.0

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.folder = Path(tempfile.mkdtemp(prefix="allclear-cut-"))
        self.cuts = self.folder / "cuts"

    def inject(self) -> None:
        """Start the proxy, a web and an engine behind it, and people who use that web."""
        listen = self.folder / SOCKET
        self.started = [self._proxy(listen)]
        if not wait_until(listen.exists, seconds=START_SECONDS):
            raise ChaosWentWrong("The proxy did not start.")
        settings = {"DATABASE_URL": application_url(self.target, self.folder), "ALLOWED_HOSTS": "127.0.0.1"}
        port = free_port()
        web = next(process for process in PROCESSES if process.name == "web")
        bind = f"127.0.0.1:{port}"
        self.started += [
            self.target.start(web.command(bind=bind, state=self.target.state), **settings),
            self.target.start(manage_command("deadlines_engine", "--name", "engine-cut"), **settings),
        ]
        if not wait_until(lambda: _answers(f"http://{bind}/healthz"), seconds=START_SECONDS, pause=0.3):
            raise ChaosWentWrong("The web behind the proxy did not start.")
        self.ended = threading.Event()
        self.people = [_at(person, f"http://{bind}") for person in self.load.teachers[:CLIENTS]]
        self.threads = [threading.Thread(target=self._file, args=(person,), daemon=True) for person in self.people]
        for thread in self.threads:
            thread.start()

    def heal(self) -> None:
        """Let the people get their last answers, then take everything away again."""
        self.ended.set()
        for thread in self.threads:
            thread.join(START_SECONDS)
        for process in reversed(self.started):
            self.target.end(process)
        self.injected = self.cuts.stat().st_size if self.cuts.exists() else 0
        if not self.injected:
            self.breaks.append("no commit lost its answer")

    def clear(self) -> None:
        """Remove the proxy's folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _proxy(self, listen: Path) -> Any:
        server = self.target.postgres.home.sockets / SOCKET
        arguments = (str(listen), str(server), str(self.cuts), str(CUT_EVERY))
        return self.target.start([sys.executable, "-m", "tools.prove.chaos.proxy", *arguments])

    def _file(self, person: Person) -> None:
        for _ in itertools.takewhile(lambda _: not self.ended.is_set(), itertools.count()):
            try:
                self.load.file(person)
            except (NoAnswer, httpx.HTTPError) as problem:
                self.load.stage.problems.append(str(problem))
            time.sleep(PAUSE_SECONDS)


def _at(person: Person, base_url: str) -> Person:
    """Return the same person at another web."""
    return Person(person.part, person.id, httpx.Client(base_url=base_url, timeout=15, headers=person.http.headers))


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False
