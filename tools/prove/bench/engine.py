"""The deadline engine: what an idle sweep, a firing and a crowd of armed timers cost, as ratios made in one run."""

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress

from tools.prove.bench.figures import Figure
from tools.prove.bench.holding import clear_dead_entries, leave_dead_entries, locked_tickets, snapshot
from tools.prove.bench.parts import Talking, cpu_seconds
from tools.run.postgres import Postgres

MOST_GROWTH = 1.5
IDLE_SWEEPS = 40
FULL_BATCH, MOST_FIRED = 500, 2000
FEW_DUE, MORE_DUE = 100, 500
HEAD = 600
"""More than one batch, so that a sweep that began anew each time would never get behind them."""
SHARE_DEAD = 10


@dataclass(frozen=True)
class Crowd:
    """A database with so many armed timers, the hands in it and its address."""

    armed: int
    tickets: int
    hands: Talking
    url: str


def measure(
    *, few: Crowd, many: Crowd, postgres: Postgres, rounds: int, hold: float, progress: Progress
) -> list[Figure]:
    """Return the figures of the engine by itself; what is compared takes turns, and medians count."""
    steps: Mapping[str, Callable[[], list[Figure]]] = {
        "idle sweeps": lambda: _idle(few, many, rounds),
        "firing": lambda: _firing(many, postgres, rounds),
        "few due among many": lambda: _few_due(few, many, rounds),
        "a locked head": lambda: _locked_head(many, "a head of locked tickets"),
        "dead entries": lambda: _after_dead_entries(many),
        "a held snapshot": lambda: _under_snapshot(many, hold),
    }
    task = progress.add_task("the engine", total=len(steps))
    figures = []
    for name, step in steps.items():
        progress.update(task, description=f"the engine: {name}")
        figures += step()
        progress.advance(task)
    return figures


def _idle(few: Crowd, many: Crowd, rounds: int) -> list[Figure]:
    crowds = (few, many)
    times = [[crowd.hands.ask(do="idle_sweeps", repeats=IDLE_SWEEPS) for crowd in crowds] for _ in range(rounds)]
    few_ms, many_ms = (statistics.median(column) for column in zip(*times, strict=True))
    few_buffers, many_buffers = (crowd.hands.ask(do="sweep_buffers") for crowd in crowds)
    between = f"{many.armed:,} armed ÷ {few.armed:,}"
    return [
        Figure(f"idle sweep, {between}: time", many_ms / few_ms, "×", MOST_GROWTH, "at most"),
        Figure(f"idle sweep, {between}: buffers", many_buffers / few_buffers, "×", MOST_GROWTH, "at most"),
        Figure(f"idle sweep, {many.armed:,} armed", many_ms, "ms"),
        Figure(f"idle sweep, {many.armed:,} armed: buffers", many_buffers),
    ]


def _firing(crowd: Crowd, postgres: Postgres, rounds: int) -> list[Figure]:
    full = min(MOST_FIRED, crowd.tickets)
    batches = {FULL_BATCH: full, 1: FEW_DUE}
    rates: dict[int, list[float]] = {batch: [] for batch in batches}
    commits, cpu_ms = [], []
    roots = (crowd.hands.pid, postmaster(postgres.data))
    for _ in range(rounds):
        for batch, count in batches.items():
            crowd.hands.ask(do="lay", count=count, due_in=-60)
            before = cpu_seconds(roots)
            done = crowd.hands.ask(do="drain", batch=batch)
            rates[batch].append(done["fired"] / done["seconds"])
            if batch == FULL_BATCH:
                cpu_ms.append((cpu_seconds(roots) - before) * 1000 / done["fired"])
        commits.append(single_commits(postgres, crowd.url))
    fast, slow, single = (statistics.median(values) for values in (rates[FULL_BATCH], rates[1], commits))
    return [
        Figure("escalations fired ÷ in batches of one", fast / slow, "×", 10),
        Figure("escalations fired ÷ single-row commits (pgbench, one client)", fast / single, "×"),
        Figure("escalations fired with ledger and outbox", fast, "/s"),
        Figure("escalations fired in batches of one", slow, "/s"),
        Figure("single-row commits (pgbench, one client)", single, "/s"),
        Figure("CPU per escalation, engine and database", statistics.median(cpu_ms), "ms"),
    ]


def _few_due(few: Crowd, many: Crowd, rounds: int) -> list[Figure]:
    found: dict[tuple[Crowd, int], list[tuple[float, int]]] = {}
    for crowd in (few, many):
        # The ledger of a crowd is nearly empty at first, and keys are checked by a plan made for what is known of it.
        _fired(crowd, min(MOST_FIRED, crowd.tickets))
        clear_dead_entries(crowd.url)
    for _ in range(rounds):
        for crowd in (few, many):
            for count in (FEW_DUE, MORE_DUE):
                found.setdefault((crowd, count), []).append(_fired(crowd, count))
    seconds = {key: statistics.median(row[0] for row in rows) for key, rows in found.items()}
    rows_read = {key: statistics.median(row[1] for row in rows) for key, rows in found.items()}
    more_rows, more_time = (values[many, FEW_DUE] / values[few, FEW_DUE] for values in (rows_read, seconds))
    per_due = rows_read[many, MORE_DUE] / MORE_DUE, rows_read[many, FEW_DUE] / FEW_DUE
    between = f"{FEW_DUE} due among {many.armed:,} ÷ among {few.armed:,}"
    return [
        Figure(f"{between}: rows read", more_rows, "×", MOST_GROWTH, "at most"),
        Figure(f"{between}: time", more_time, "×"),
        Figure(f"{FEW_DUE} due among {many.armed:,}: time", seconds[many, FEW_DUE] * 1000, "ms"),
        Figure(f"{FEW_DUE} due among {many.armed:,}: rows read", rows_read[many, FEW_DUE]),
        Figure(f"rows read for each of {MORE_DUE} due ÷ of {FEW_DUE}", per_due[0] / per_due[1], "×", 1.1, "at most"),
    ]


def _fired(crowd: Crowd, count: int) -> tuple[float, int]:
    crowd.hands.ask(do="lay", count=count, due_in=-60)
    before = crowd.hands.ask(do="rows_read")
    done = crowd.hands.ask(do="drain")
    if done["fired"] != count:
        raise RuntimeError(f"{done['fired']} of {count} timers fired")
    return done["seconds"], crowd.hands.ask(do="rows_read") - before


def _locked_head(crowd: Crowd, name: str) -> list[Figure]:
    """Fire as many behind a head of locked tickets as there are in it, in one drain; beside that without the head."""
    count = min(HEAD, crowd.tickets // 2)
    free, _rows = _fired(crowd, count)
    head = crowd.hands.ask(do="lay", count=count, due_in=-120)
    crowd.hands.ask(do="lay", count=count, due_in=-60)
    with locked_tickets(crowd.url, head):
        behind = crowd.hands.ask(do="drain")
    later = crowd.hands.ask(do="drain")
    return [
        Figure(f"{name} ({count}): left waiting behind it", count - behind["fired"], "", 0, "at most"),
        Figure(f"{name} ({count}): lost of it once free", count - later["fired"], "", 0, "at most"),
        Figure(f"{name} ({count}): time for the rest ÷ without it", behind["seconds"] / free, "×"),
    ]


def _after_dead_entries(crowd: Crowd) -> list[Figure]:
    dead = crowd.armed // SHARE_DEAD
    leave_dead_entries(crowd.url, dead)
    first = crowd.hands.ask(do="idle_sweeps", repeats=1)
    later = crowd.hands.ask(do="idle_sweeps", repeats=IDLE_SWEEPS)
    name = f"after {dead:,} dead index entries"
    return [
        Figure(f"{name}: first idle sweep", first, "ms"),
        Figure(f"{name}: later idle sweeps", later, "ms"),
        *_locked_head(crowd, f"{name}, a locked head"),
    ]


def _under_snapshot(crowd: Crowd, hold: float) -> list[Figure]:
    """Hold a snapshot over new dead entries, fire a few each second, and look how it goes at its end."""
    dead = crowd.armed // SHARE_DEAD
    name = f"a snapshot held for {hold:g} s over {dead:,} dead entries"
    with snapshot(crowd.url):
        leave_dead_entries(crowd.url, dead)
        end, seconds = time.monotonic() + hold, []
        while time.monotonic() < end:
            seconds.append(_fired(crowd, FEW_DUE)[0])
            time.sleep(max(0.0, min(1.0, end - time.monotonic())))
        idle = crowd.hands.ask(do="idle_sweeps", repeats=IDLE_SWEEPS)
        head = _locked_head(crowd, f"{name}, a locked head")
    clear_dead_entries(crowd.url)
    return [
        Figure(f"{name}: idle sweep", idle, "ms"),
        Figure(f"{name}: {FEW_DUE} due, longest", max(seconds) * 1000, "ms"),
        *head,
    ]


def postmaster(data: Path) -> int:
    """Return the process number of the server on this data folder."""
    return int((data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])


def single_commits(postgres: Postgres, url: str) -> float:
    """Return how many rows one client of pgbench inserts a second, each with a commit of its own."""
    command: list[str | Path] = [
        *(postgres.program("pgbench"), "--no-vacuum", "--client", "1", "--time", "2"),
        *("--file", str(Path(__file__).parent / "single_row.sql"), url),
    ]
    done = subprocess.run(command, env=postgres.environment, capture_output=True, text=True, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps = "))
    return float(line.split()[2])
