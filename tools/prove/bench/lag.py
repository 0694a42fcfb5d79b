"""The lag of running engines while reports are filed at half of saturation, beside a loop that does nothing."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from rich.progress import Progress

from tools.prove.bench.engine import Crowd
from tools.prove.bench.figures import Figure
from tools.prove.bench.filing import PATHS, REPORTERS, WARM_SECONDS, web
from tools.prove.bench.parts import Talking
from tools.run.children import spawn, stop_all, wait_until
from tools.run.installation import ROOT, Address, free_port
from tools.run.processes import engine
from tools.run.state import StateError

DUE_PER_SECOND = 20
LEAD_SECONDS = 2.0
LONGEST_LAG = 60.0
START_SECONDS = 60
LOOK_PAUSE = 0.05
MOST_EXCESS = 0.5
LOOK = "SELECT clock_timestamp(), ARRAY(SELECT timer_id FROM deadlines_escalation WHERE timer_id = ANY(%s))"

Lags = list[float]


def measure(*, crowd: Crowd, environment: Mapping[str, str], seconds: float, progress: Progress) -> list[Figure]:
    """Return the lags of firing in a quiet stretch and in one under load; the workers are stopped."""
    address = Address("127.0.0.1", free_port())
    tokens = crowd.hands.ask(do="sign_in", usernames=list(REPORTERS))
    body = crowd.hands.ask(do="report", username=REPORTERS[0])
    order = {"host": address.local_host, "port": address.port, "body": body, "tokens": tokens, "path": PATHS["report"]}
    task = progress.add_task("firing under load", total=3)
    with web(address, environment), Talking("tools.prove.bench.load", environment) as load, engines(crowd, environment):
        load.ask(**order, seconds=min(WARM_SECONDS, 2 * seconds))
        saturated = load.ask(**order, seconds=seconds)["per_second"]
        progress.advance(task)
        quiet, _nothing = watched(crowd, seconds)
        progress.advance(task)
        with ThreadPoolExecutor(1) as beside:
            half = saturated / 2
            filing = beside.submit(load.ask, **order, seconds=LEAD_SECONDS + seconds, per_second=half)
            fired, nothing = watched(crowd, seconds)
        progress.advance(task)
    return _figures(crowd, saturated, filing.result(), {"quiet": quiet, "fired": fired, "nothing": nothing})


@contextmanager
def engines(crowd: Crowd, environment: Mapping[str, str]) -> Iterator[None]:
    """Run two engines as `make run` does, from their first signs of life on."""
    commands = [engine(number).command(bind="", state=Path()) for number in (1, 2)]
    running = [spawn(command, environment=environment, folder=ROOT) for command in commands]
    try:
        if not wait_until(lambda: _beating(crowd) == len(running), seconds=START_SECONDS, pause=0.5):
            raise StateError("The engines of the bench gave no sign of life.")
        yield
    finally:
        stop_all(running)


def _beating(crowd: Crowd) -> int:
    with psycopg.connect(crowd.url) as connection:
        row = connection.execute("SELECT count(*) FROM deadlines_engineheartbeat").fetchone()
    return int(row[0]) if row else 0


def watched(crowd: Crowd, seconds: float) -> tuple[Lags, Lags]:
    """Lay timers that come due one after the other; return each one's lag, and the lag of noticing that it is due.

    Both are seen by one loop that looks every 50 ms: what it takes to notice is what a loop takes that does nothing.
    """
    count = round(seconds * DUE_PER_SECOND)
    timers = crowd.hands.ask(do="lay", count=count, due_in=LEAD_SECONDS, step=1 / DUE_PER_SECOND)
    fired, nothing = [], []
    with psycopg.connect(crowd.url, autocommit=True) as connection:
        waiting: dict[int, datetime] = dict(
            connection.execute("SELECT id, due_at FROM deadlines_timer WHERE id = ANY(%s)", [timers]).fetchall()
        )
        unnoticed = set(waiting)
        end = time.monotonic() + LEAD_SECONDS + seconds + LONGEST_LAG
        while waiting and time.monotonic() < end:
            time.sleep(LOOK_PAUSE)
            now, done = _look(connection, list(waiting.keys() - unnoticed))
            noticed = {timer for timer in unnoticed if waiting[timer] <= now}
            nothing += [(now - waiting[timer]).total_seconds() for timer in noticed]
            unnoticed -= noticed
            fired += [(now - waiting.pop(timer)).total_seconds() for timer in done]
    if waiting:
        raise RuntimeError(f"{len(waiting)} of {count} timers were not fired within {LONGEST_LAG:g} s")
    return sorted(fired), sorted(nothing)


def _look(connection: psycopg.Connection, timers: list[int]) -> tuple[datetime, list[int]]:
    row = connection.execute(LOOK, [timers]).fetchone()
    assert row is not None  # noqa: S101 - a statement without FROM
    return row[0], row[1]


def _figures(crowd: Crowd, saturated: float, filed: dict[str, Any], lags: Mapping[str, Lags]) -> list[Figure]:
    if filed["refused"]:
        raise RuntimeError(f"reports of the bench were refused: {filed['refused']}")
    words = {
        "fired": "firing lag while reports are filed",
        "nothing": "the same loop doing nothing",
        "quiet": "firing lag in quiet",
    }
    excess = percentile(lags["fired"], 99) - percentile(lags["nothing"], 99)
    return [
        Figure("firing lag p99 beyond the same loop doing nothing", excess, "s", MOST_EXCESS, "at most"),
        *(
            Figure(f"{text}, {crowd.armed:,} armed: p{share}", percentile(lags[name], share) * 1000, "ms")
            for name, text in words.items()
            for share in (50, 99)
        ),
        Figure("reports filed at saturation, engines running", saturated, "/s"),
        Figure("reports filed meanwhile", filed["per_second"], "/s"),
    ]


def percentile(ordered: Lags, share: int) -> float:
    """Return the value that so many per cent of the ordered ones do not exceed."""
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]
