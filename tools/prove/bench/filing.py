"""Filing reports beside a bare insert behind the same things and beside a plain one; the workers are stopped."""

import signal
import statistics
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.progress import Progress

from tools.prove.bench.figures import Figure
from tools.prove.bench.parts import Talking, cpu_seconds
from tools.run.children import spawn, stop, wait_until
from tools.run.installation import ROOT, Address
from tools.run.processes import PROCESSES
from tools.run.state import StateError

REPORTERS = ("teacher.lin", "teacher.carter")
PATHS = {"report": "/api/v1/reports", "bare": "/api/v1/bench/bare", "plain": "/api/v1/bench/plain"}
WARM_SECONDS = 2.0
READY_SECONDS = 60


@contextmanager
def web(address: Address, environment: Mapping[str, str]) -> Iterator[int]:
    """Run the web process as `make run` does, on the bench's settings; yield its process number."""
    (part,) = (part for part in PROCESSES if part.name == "web")
    command = part.command(bind=address.bind, state=ROOT)
    process = spawn(command, environment=environment, folder=ROOT, death_signal=signal.SIGTERM)
    try:
        wait_until(lambda: process.poll() is not None or address.is_ready(), seconds=READY_SECONDS, pause=0.1)
        if process.poll() is not None or not address.is_ready():
            raise StateError("The web process of the bench did not become ready.")
        yield process.pid
    finally:
        stop(process)


def measure(
    *,
    address: Address,
    environment: Mapping[str, str],
    hands: Talking,
    database: Path,
    rounds: int,
    seconds: float,
    progress: Progress,
) -> list[Figure]:
    """Return the figures of filing; blocks of the three kinds take turns, and each kind's median counts."""
    hands.ask(do="tables")
    tokens = hands.ask(do="sign_in", usernames=list(REPORTERS))
    body = hands.ask(do="report", username=REPORTERS[0])
    order = {"host": address.local_host, "port": address.port, "body": body, "tokens": tokens}
    blocks: dict[str, list[dict[str, Any]]] = {name: [] for name in PATHS}
    task = progress.add_task("filing", total=rounds * len(PATHS) + len(PATHS))
    with web(address, environment) as pid, Talking("tools.prove.bench.load", environment) as load:
        roots = (pid, int((database / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0]))
        for path in PATHS.values():
            load.ask(**order, path=path, seconds=min(WARM_SECONDS, 2 * seconds))
            progress.advance(task)
        for _ in range(rounds):
            for name, path in PATHS.items():
                before = cpu_seconds(roots)
                block = load.ask(**order, path=path, seconds=seconds)
                block["cpu_ms"] = (cpu_seconds(roots) - before) * 1000 / max(1, block["count"])
                blocks[name].append(block)
                progress.advance(task)
    statements = hands.ask(do="statements", username=REPORTERS[0])
    return _figures(blocks, statements)


def _figures(blocks: Mapping[str, list[dict[str, Any]]], statements: int) -> list[Figure]:
    refused = {status for rows in blocks.values() for row in rows for status in row["refused"]}
    if refused:
        raise RuntimeError(f"requests of the bench were refused: {sorted(refused)}")
    rate = {name: statistics.median(row["per_second"] for row in rows) for name, rows in blocks.items()}
    return [
        Figure("reports filed ÷ bare inserts behind the same", rate["report"] / rate["bare"], "", 0.6),
        Figure("reports filed ÷ plain inserts", rate["report"] / rate["plain"], "", 0.2),
        Figure("reports filed", rate["report"], "/s"),
        Figure("bare inserts", rate["bare"], "/s"),
        Figure("plain inserts", rate["plain"], "/s"),
        Figure("answer to a report (8 at once)", _median(blocks["report"], "median_ms"), "ms"),
        Figure("CPU per report, web and database", _median(blocks["report"], "cpu_ms"), "ms"),
        Figure("CPU per bare insert, web and database", _median(blocks["bare"], "cpu_ms"), "ms"),
        Figure("SQL statements per report", statements, "", 12, "at most"),
    ]


def _median(rows: list[dict[str, Any]], name: str) -> float:
    return float(statistics.median(row[name] for row in rows))
