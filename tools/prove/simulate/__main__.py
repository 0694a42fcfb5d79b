"""`make simulate`: a year of two schools on a virtual clock; exit 1 when the engine and the oracle disagree."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from tools.prove.bench.__main__ import lay_out, progress_on, schools_in
from tools.prove.simulate.report import FILED, Report
from tools.run.children import die_with_parent
from tools.run.embedded import Servers, leave_on_sigterm, temporary_servers
from tools.run.installation import ROOT, STATE
from tools.run.state import StateError

TICKETS, LONG, SCHOOLS = 10_000, 50_000, 2
NO_BROKER = "redis://127.0.0.1:1/0"
"""The broker is away all year: nobody listens there, and the simulation itself takes the messages that matter."""


def main() -> int:
    """Let the year pass; return 0 when the engine and the oracle agree on everything."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--tickets", type=int, default=TICKETS, help="reports in the year")
    parser.add_argument("--long", action="store_true", help=f"{LONG:,} reports")
    parser.add_argument("--seed", type=int, default=1, help="another seed is another year")
    parser.add_argument("--processes", type=int, default=2, help="each lives the year with its share of the reports")
    parser.add_argument("--output", type=Path, default=STATE / "simulate.json", help="where the figures go")
    options = parser.parse_args()
    tickets = LONG if options.long else options.tickets
    leave_on_sigterm()
    console = Console()
    began = time.monotonic()
    with temporary_servers() as servers, progress_on(console) as progress:
        task = progress.add_task("laying out the schools", total=None)
        lay_out(servers)
        progress.update(task, description="reports filed", total=tickets, completed=0)
        shares = [tickets // options.processes + (n < tickets % options.processes) for n in range(options.processes)]
        findings = _lives(servers, shares, options.seed, lambda: progress.advance(task))
    report = Report(findings, time.monotonic() - began)
    report.show(console)
    facts = {"seed": options.seed, "processes": options.processes, "cores": len(os.sched_getaffinity(0))}
    report.write(options.output, facts)
    console.print(f"The figures are in {options.output}.")
    return 0 if report.is_good else 1


def _lives(servers: Servers, shares: Sequence[int], seed: int, filed: Callable[[], None]) -> list[dict[str, Any]]:
    """Let each process live its year with its share of the reports, in a database of its own."""
    environments = [schools_in(servers, f"allclear_year_{number}") for number in range(len(shares))]
    # The processes are left before the pool is, so that its threads read to the end also when we are told to stop.
    with ThreadPoolExecutor(len(shares)) as pool, ExitStack() as running:
        lives = [
            running.enter_context(
                _started(environment, (share, seed * len(shares) + number, *_watched(number, shares)))
            )
            for number, (environment, share) in enumerate(zip(environments, shares, strict=True))
        ]
        return list(pool.map(partial(_followed, filed=filed), lives))


def _watched(number: int, shares: Sequence[int]) -> Sequence[int]:
    """Return of which school a process takes the rounds: of all where it is the only one, else of one in turn."""
    return () if len(shares) == 1 else (number % SCHOOLS,)


@contextmanager
def _started(environment: Mapping[str, str], arguments: Sequence[int]) -> "Iterator[subprocess.Popen[str]]":
    command = [sys.executable, "-m", "tools.prove.simulate.shard", *map(str, arguments)]
    quiet = {
        **environment,
        "DJANGO_SETTINGS_MODULE": "backend.config.settings",
        "LOG_LEVEL": "CRITICAL",
        "CELERY_BROKER_URL": NO_BROKER,
    }
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=quiet,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509 - no threads
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _followed(process: "subprocess.Popen[str]", *, filed: Callable[[], None]) -> dict[str, Any]:
    last = ""
    for line in process.stdout or ():
        last = line.strip()
        if last == FILED:
            filed()
    if process.wait():
        raise StateError(f"a process of the simulation ended with {process.returncode}")
    found: dict[str, Any] = json.loads(last)
    return found


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except StateError as problem:
        sys.exit(f"allclear: {problem}")
