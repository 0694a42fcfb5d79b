"""All processes of the product on one database, told apart in the database's log; their CPU, memory and statements."""

import re
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql

from tools.prove.bench.engine import postmaster
from tools.prove.bench.parts import cpu_seconds
from tools.prove.memory import memory_mib
from tools.run.children import spawn, stop_all, wait_until
from tools.run.installation import ROOT, Address
from tools.run.postgres import Postgres
from tools.run.processes import PROCESSES
from tools.run.state import StateError

READY_SECONDS = 60
RELOAD_SECONDS = 0.3
LOGGED = re.compile(r"^(?P<who>[\w-]+)\|LOG:  (?:statement|execute [^:]*): (?P<sql>.*)$")
VALUE = re.compile(r"'(?:[^']|'')*'(?:::\w+)?|\$\d+|(?<![\w\"])-?\d+\b")
SEVERAL_VALUES = re.compile(r"\$(?:, \$)+")
LINE_PREFIX = "%a|"
"""Begins the lines of the server's log with the name of who sent the statement."""


@dataclass(frozen=True)
class Running:
    """The processes by name, and the database server they work on."""

    pids: Mapping[str, int]
    postgres: Postgres

    def product_cpu(self) -> float:
        """Return the CPU seconds all processes but the database have used."""
        return cpu_seconds(list(self.pids.values()))

    def database_cpu(self) -> float:
        """Return the CPU seconds the database server has used."""
        return cpu_seconds([postmaster(self.postgres.data)])

    def memory(self) -> dict[str, float]:
        """Return the MiB of each process with its children; what several share is shared out among them (PSS)."""
        return {name: memory_mib(root) for name, root in self.pids.items()}


@contextmanager
def running(*, address: Address, environment: Mapping[str, str], postgres: Postgres) -> Iterator[Running]:
    """Run every process as `make run` does, each under its own name at the database, until the web is ready."""
    folder = postgres.data.parent / "state"
    folder.mkdir(exist_ok=True)
    processes = {}
    for part in PROCESSES:
        url = f"{environment['DATABASE_URL']}&application_name={part.name}"
        command = part.command(bind=address.bind, state=folder)
        told = {**environment, "DATABASE_URL": url}
        processes[part.name] = spawn(command, environment=told, folder=ROOT, death_signal=signal.SIGTERM)
    try:
        web = processes["web"]
        wait_until(lambda: web.poll() is not None or address.is_ready(), seconds=READY_SECONDS, pause=0.1)
        if web.poll() is not None or not address.is_ready():
            raise StateError("The web process of the bench did not become ready.")
        yield Running({name: process.pid for name, process in processes.items()}, postgres)
    finally:
        stop_all(processes.values())


class StatementLog:
    """The statements of a stretch of time, as the database server logged them."""

    def __init__(self, postgres: Postgres) -> None:
        self._url = postgres.url("postgres", "postgres")
        self._path = Path(f"/proc/{postmaster(postgres.data)}/fd/2").resolve()
        self._began = 0

    def __enter__(self) -> Self:
        self._log("all")
        self._began = self._path.stat().st_size
        return self

    def __exit__(self, *_error: object) -> None:
        self._log("none")

    def counted(self, names: Sequence[str]) -> Counter[tuple[str, str]]:
        """Return how often the processes of these names sent each statement, also BEGIN, COMMIT and SET."""
        with self._path.open(encoding="utf-8", errors="replace") as log:
            log.seek(self._began)
            text = log.read().replace("\n\t", " ")  # a statement of several lines goes on behind a tab
        found = (LOGGED.match(line) for line in text.splitlines())
        return Counter((line["who"], shape_of(line["sql"])) for line in found if line and line["who"] in names)

    def _log(self, what: str) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(sql.SQL("ALTER SYSTEM SET log_statement = {}").format(what))
            connection.execute("SELECT pg_reload_conf()")
        time.sleep(RELOAD_SECONDS)


def shape_of(statement: str) -> str:
    """Return a statement with every value as `$`, so that the same one is counted as the same."""
    text = VALUE.sub("$", " ".join(statement.split()))
    return SEVERAL_VALUES.sub("$, …", text)
