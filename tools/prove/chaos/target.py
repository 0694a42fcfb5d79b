"""The private system that is broken on purpose: its processes, its servers, and what can be started beside it."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis

from tools.prove.demo.system import System, private_system
from tools.run.children import kill_group, spawn, wait_until
from tools.run.installation import ROOT, read_run
from tools.run.postgres import APPLICATION, Postgres
from tools.run.processes import PROCESSES
from tools.run.state import open_home, read_secrets
from tools.run.valkey import Valkey

BACK_SECONDS = 40
ENGINES = tuple(process.name for process in PROCESSES if process.name.startswith("engine"))


class ChaosWentWrong(Exception):
    """A fault could not be injected or healed, so nothing can be said about it."""


@dataclass
class Target:
    """A running private system and the means of breaking it; `points` is the folder of its labelled points."""

    system: System
    state: Path
    points: Path
    postgres: Postgres
    valkey: Valkey
    settings: Mapping[str, str]
    beside: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    stopped: set[int] = field(default_factory=set)

    @property
    def log(self) -> Path:
        """What the supervisor and its children wrote."""
        return self.state.parent / "log"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the system's own processes, for another one beside them."""
        return {**os.environ, **self.system.environment, **self.settings}

    @contextmanager
    def database(self, role: str = "postgres") -> Iterator[psycopg.Connection]:
        """Yield a connection that commits each statement; the superuser's unless another role is named."""
        with psycopg.connect(self.postgres.url(role), autocommit=True, connect_timeout=3) as connection:
            yield connection

    def rows(self, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query; a server that is just coming up is waited for."""
        end = time.monotonic() + BACK_SECONDS
        while True:
            try:
                with self.database() as connection:
                    return connection.execute(query, parameters).fetchall()
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def now(self) -> datetime:
        """Return the database's true time, whatever the application is made to believe."""
        instant: datetime = self.rows("SELECT pg_catalog.clock_timestamp()")[0][0]
        return instant

    def broker(self) -> "Redis":
        """Return a client of the broker."""
        return Redis(unix_socket_path=str(self.valkey.socket), socket_timeout=5)

    def pid(self, name: str) -> int:
        """Return the pid of a process of the supervisor; it is waited for while it is being started again."""
        wait_until(lambda: name in read_run(self.state)["processes"], seconds=BACK_SECONDS)
        return int(read_run(self.state)["processes"][name])

    def kill(self, name: str) -> None:
        """kill -9 a process by its name, and wait until the supervisor has started it again."""
        before = self.pid(name)
        os.kill(before, signal.SIGKILL)
        if not wait_until(
            lambda: read_run(self.state)["processes"].get(name, before) != before, seconds=BACK_SECONDS, pause=0.1
        ):
            raise ChaosWentWrong(f"{name} was not started again within {BACK_SECONDS} s.")

    def stop(self, name: str) -> None:
        """SIGSTOP a process and its children."""
        pid = self.pid(name)
        os.killpg(pid, signal.SIGSTOP)
        self.stopped.add(pid)

    def go_on(self) -> None:
        """Let everything that was stopped go on."""
        for pid in self.stopped:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGCONT)
        self.stopped.clear()

    def start(self, command: Sequence[str], **settings: str) -> "subprocess.Popen[bytes]":
        """Start another process beside the supervisor's, with settings of its own; its lines go into the same log."""
        with self.log.open("ab") as log:
            process = spawn(command, environment={**self.environment, **settings}, folder=ROOT, output=log)
        self.beside.append(process)
        return process

    def end(self, process: "subprocess.Popen[bytes]") -> None:
        """kill -9 a process that was started beside."""
        kill_group(process)
        process.wait()
        if process in self.beside:
            self.beside.remove(process)

    def end_all(self) -> None:
        """Leave nothing of it stopped or running."""
        self.go_on()
        for process in list(self.beside):
            self.end(process)


@contextmanager
def target_running(settings: Mapping[str, str], points: Path) -> Iterator[Target]:
    """Start a private system whose processes know the labelled points, and take it away afterwards."""
    settings = {**settings, "FAULT_POINTS": str(points)}
    with private_system(**settings) as (system, state):
        home = open_home(state)
        postgres = Postgres(home=home, passwords=read_secrets(state))
        target = Target(system, state, points, postgres, Valkey(home=home), settings)
        try:
            yield target
        finally:
            target.end_all()


def application_url(target: Target, folder: Path) -> str:
    """Return the application's database URL with its socket in another folder, where something stands in between."""
    url = target.postgres.url(APPLICATION)
    return url.partition("?")[0] + f"?host={folder}"
