"""The whole way of a report: from the socket until it is routed, everybody is told and every message is handed over."""

import http.client
import json
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
from rich.progress import Progress

from tools.prove.bench.figures import Figure
from tools.prove.bench.parts import Talking
from tools.prove.bench.running import Running, StatementLog
from tools.run.children import spawn, stop, wait_until
from tools.run.installation import ROOT, Address, free_port

REPORTER, HEAD = "teacher.lin", "head.zhao"
CATEGORIES = ("F02", "B02", "B05", "H01", "D02", "S04", "C02", "X01", "X03", "X04")
"""Ten categories, each led by another office, the first by that of the head."""
COUNTED = ("web", "worker", "relay")
LONGEST = 600.0
IDLE_SECONDS = 5.0
RESTING_SECONDS = 20.0
"""As long as the messages of some actions take to go out, so that the idle processes' share in it is told apart."""
CALM_PAUSE = 0.4
TOLD = """
SELECT NOT EXISTS (SELECT FROM workflow_ticket WHERE state = 'received')
   AND NOT EXISTS (
       SELECT FROM common_outboxmessage
       WHERE done_at IS NULL AND failed_at IS NULL AND topic <> 'ticket.changed:todos'
   )
   AND NOT EXISTS (
       SELECT FROM notifications_delivery
       WHERE status = 'waiting' AND (next_attempt_at <= pg_catalog.clock_timestamp() OR message_id IS NOT NULL)
   )
"""
# To-dos in other systems wait some seconds, so that what gathers is looked at together; they are counted with the rest.
LOOKED_AT = "SELECT NOT EXISTS (SELECT FROM common_outboxmessage WHERE done_at IS NULL AND failed_at IS NULL)"
ALL_OUT = "SELECT NOT EXISTS (SELECT FROM notifications_delivery WHERE status = 'waiting')"
TAKINGS = """
SELECT coalesce(sum(n_tup_upd), 0) FROM pg_stat_user_tables
WHERE relname IN ('common_outboxmessage', 'notifications_delivery')
"""


@dataclass(frozen=True)
class Scene:
    """A running system with somebody who reports, somebody who acts, and a way to look into the database."""

    system: Running
    hands: Talking
    load: Talking
    url: str
    address: Address
    tokens: Mapping[str, str]
    bodies: Sequence[Mapping[str, Any]]

    def ask(self, statement: str) -> Any:
        """Return the one value of a statement."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            row = connection.execute(statement).fetchone()
        return row[0] if row else None

    def wait(self, statement: str, pause: float = 0.05) -> None:
        """Wait until a statement says yes; each time it is asked costs the database that is measured."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            if not wait_until(lambda: bool(connection.execute(statement).fetchone()[0]), seconds=LONGEST, pause=pause):  # type: ignore[index]
                raise RuntimeError("not everybody was told in time")

    def clean(self) -> None:
        """Let the database clean up what was stored so far, as it would by itself at a moment that nobody chooses."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    def file(self, count: int, bodies: Sequence[Mapping[str, Any]] | None = None) -> dict[str, Any]:
        """File so many reports, of these or of all, eight at once, as fast as they are taken."""
        order = {"host": self.address.local_host, "port": self.address.port, "path": "/api/v1/reports"}
        bodies = self.bodies if bodies is None else bodies
        done = self.load.ask(**order, bodies=list(bodies), tokens=[self.tokens[REPORTER]], count=count, seconds=LONGEST)
        if done["refused"] or done["count"] != count:
            raise RuntimeError(f"{done['count']} of {count} reports were taken; refused: {done['refused']}")
        return dict(done)

    def post(self, path: str, body: object, username: str) -> float:
        """Send one request over a connection of its own kind of client; return the seconds its answer took."""
        connection = http.client.HTTPConnection(self.address.local_host, self.address.port, timeout=20)
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Token {self.tokens[username]}",
            "Idempotency-Key": str(uuid4()),
        }
        connection.connect()
        began = time.perf_counter()
        connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        answer.read()
        seconds = time.perf_counter() - began
        connection.close()
        if answer.status not in {200, 201}:
            raise RuntimeError(f"{path} answered {answer.status}")
        return seconds


def measure(*, scene: Scene, sizes: Sequence[int], calm: int, progress: Progress) -> list[Figure]:
    """Return the figures of the whole way, all of one run."""
    task = progress.add_task("the whole way", total=4 + len(sizes))

    def step(found: list[Figure]) -> list[Figure]:
        progress.advance(task)
        return found

    scene.file(2 * calm)  # caches, connections and plans
    scene.wait(TOLD)
    scene.wait(ALL_OUT)
    figures = step(_memory(scene))
    figures += step(_statements(scene, calm))
    calm_takings, found = _calm(scene, calm)
    figures += step(found)
    for size in sizes:
        figures += step(_storm(scene, size, calm_takings))
    return figures + step(_actions(scene, calm))


def _memory(scene: Scene) -> list[Figure]:
    memory = scene.system.memory()
    return [
        Figure("memory at rest, all processes (PSS)", sum(memory.values()), "MiB", 400, "at most"),
        *(Figure(f"memory at rest: {name}", value, "MiB") for name, value in memory.items()),
    ]


def _statements(scene: Scene, count: int) -> list[Figure]:
    """Count what each report costs in statements, one report after the other."""
    idle = _idle_statements(scene)
    began = time.monotonic()
    with StatementLog(scene.system.postgres) as log:
        _one_by_one(scene, count)
        scene.wait(LOOKED_AT)
        counted = log.counted(COUNTED)
        seconds = time.monotonic() - began
    write_statements("report", counted, count)
    per_report = {
        name: (sum(number for (who, _sql), number in counted.items() if who == name) - idle[name] * seconds) / count
        for name in COUNTED
    }
    behind = per_report["worker"] + per_report["relay"]
    return [
        Figure("statements per report: filed", per_report["web"], "", 14, "at most"),
        Figure("statements per report: routed and told, one at a time", behind, "", 25, "at most"),
    ]


def write_statements(name: str, counted: Mapping[tuple[str, str], int], count: int) -> None:
    """Leave the statements of a way beside the figures, with how often each was sent per report or action."""
    lines = sorted(counted.items(), key=lambda item: (item[0][0], -item[1]))
    path = ROOT / "var" / f"bench-statements-{name}.txt"
    path.parent.mkdir(exist_ok=True)
    text = "".join(f"{who}\t{number / count:.2f}\t{sql}\n" for (who, sql), number in lines)
    path.write_text(text, encoding="utf-8")


def _idle_statements(scene: Scene) -> dict[str, float]:
    """Return how many statements a second each process sends when nothing happens."""
    with StatementLog(scene.system.postgres) as log:
        time.sleep(IDLE_SECONDS)
        counted = log.counted(COUNTED)
    return {
        name: sum(number for (who, _sql), number in counted.items() if who == name) / IDLE_SECONDS for name in COUNTED
    }


def _one_by_one(scene: Scene, count: int) -> None:
    for number in range(count):
        scene.post("/api/v1/reports", scene.bodies[number % len(scene.bodies)], REPORTER)
        scene.wait(TOLD)
        time.sleep(CALM_PAUSE)


def _calm(scene: Scene, count: int) -> tuple[float, list[Figure]]:
    scene.wait(ALL_OUT)
    before = _takings(scene)
    _one_by_one(scene, count)
    scene.wait(ALL_OUT)
    takings = (_takings(scene) - before) / count
    return takings, [Figure("takings of queued rows per report, calm", takings)]


def _takings(scene: Scene) -> float:
    time.sleep(1.2)  # a session reports what it changed once a second, and when it is idle
    return float(scene.ask(TAKINGS))


def _storm(scene: Scene, size: int, calm_takings: float) -> list[Figure]:
    idle = _idle_cpu(scene)
    takings, product, database = _takings(scene), scene.system.product_cpu(), scene.system.database_cpu()
    began = time.monotonic()
    filed = scene.file(size)
    filed_at = time.monotonic()
    scene.wait(TOLD)
    told_at = time.monotonic()
    scene.wait(ALL_OUT)
    seconds = time.monotonic() - began
    product = (scene.system.product_cpu() - product - idle[0] * seconds) * 1000 / size
    database = (scene.system.database_cpu() - database - idle[1] * seconds) * 1000 / size
    takings = (_takings(scene) - takings) / size
    name = f"of {size:,}"
    return [
        Figure(f"reports a second, all told, {name}", size / (told_at - began), "/s", 50),
        Figure(f"reports filed a second, {name}", filed["per_second"], "/s"),
        Figure(f"the last told after filing ended, {name}", told_at - filed_at, "s", 10, "at most"),
        Figure(f"CPU per report, product, {name}", product, "ms", 20, "at most"),
        Figure(f"CPU per report, PostgreSQL, {name}", database, "ms", 8, "at most"),
        Figure(f"takings of queued rows per report, storm {name} ÷ calm", takings / calm_takings, "", 1.2, "at most"),
    ]


def _idle_cpu(scene: Scene, seconds: float = IDLE_SECONDS) -> tuple[float, float]:
    """Return the CPU seconds a second that the product and the database use when nothing happens."""
    product, database = scene.system.product_cpu(), scene.system.database_cpu()
    time.sleep(seconds)
    return (
        (scene.system.product_cpu() - product) / seconds,
        (scene.system.database_cpu() - database) / seconds,
    )


def _actions(scene: Scene, count: int) -> list[Figure]:
    """Acknowledge tickets one after the other: how long the answer takes, and what it costs with telling."""
    scene.file(2 * count, scene.bodies[:1])
    scene.wait(TOLD)
    scene.wait(ALL_OUT, pause=1)
    tickets = scene.hands.ask(do="to_acknowledge", username=HEAD, count=2 * count)
    paths = [f"/api/v1/tickets/{ticket}/actions/acknowledge" for ticket in tickets]
    counted_paths, timed_paths = paths[: len(paths) // 2], paths[len(paths) // 2 :]
    scene.clean()  # it throws every session's plans away; the actions counted first have them made again
    idle_statements = _idle_statements(scene)
    began = time.monotonic()
    with StatementLog(scene.system.postgres) as log:
        _acts(scene, counted_paths)
        scene.wait(LOOKED_AT)
        counted = log.counted(COUNTED)
        noise = sum(idle_statements.values()) * (time.monotonic() - began)
    write_statements("action", counted, len(counted_paths))
    statements = (sum(counted.values()) - noise) / len(counted_paths)
    scene.wait(ALL_OUT, pause=1)
    idle = _idle_cpu(scene, RESTING_SECONDS)
    product, database, began = scene.system.product_cpu(), scene.system.database_cpu(), time.monotonic()
    answers = _acts(scene, timed_paths)
    scene.wait(ALL_OUT, pause=1)
    seconds, number = time.monotonic() - began, len(timed_paths)
    product = (scene.system.product_cpu() - product - idle[0] * seconds) * 1000 / number
    database = (scene.system.database_cpu() - database - idle[1] * seconds) * 1000 / number
    return [
        Figure("an action: p50", statistics.median(answers) * 1000, "ms", 15, "at most"),
        Figure("an action: CPU, product", product, "ms", 12, "at most"),
        Figure("an action: CPU, PostgreSQL", database, "ms", 4, "at most"),
        Figure("an action: statements with telling", statements, "", 25, "at most"),
    ]


def _acts(scene: Scene, paths: Sequence[str]) -> list[float]:
    """Take actions one after the other, each told before the next; nobody looks, because looking costs the database."""
    seconds = []
    for path in paths:
        seconds.append(scene.post(path, {}, HEAD))
        time.sleep(CALM_PAUSE)
    return seconds


@contextmanager
def mail_sink(environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Run a mail server that keeps nothing; yield the environment of processes that send to it."""
    port = free_port()
    command = [sys.executable, "-m", "tools.prove.bench.mail_sink", str(port)]
    process = spawn(command, environment=environment, folder=ROOT)
    try:
        yield {**environment, "MAIL_DIRECTORY": "", "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(port)}
    finally:
        stop(process)
