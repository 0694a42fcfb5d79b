"""The cost of the ledger: reports beside a notary at work and without one, proofs and verification of many leaves."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from rich.progress import Progress

from tools.prove.bench.figures import Figure
from tools.prove.bench.parts import Talking
from tools.prove.bench.way import HEAD, REPORTER

REPORTS = 40
CHUNK = 20_000
PROOFS = 500


def measure(
    *, hands: Talking, notary: Talking, rounds: int, seconds: float, leaves: int, progress: Progress
) -> list[Figure]:
    """Return the figures; blocks with a notary that looks twice a second and without one take turns."""
    acted = _acted(hands, notary, rounds, seconds, progress)
    return [*acted, *_large(notary, leaves, progress)]


def _acted(hands: Talking, notary: Talking, rounds: int, seconds: float, progress: Progress) -> list[Figure]:
    hands.ask(do="sign_in", usernames=[REPORTER, HEAD])
    order = {"do": "act", "username": REPORTER, "head": HEAD, "count": max(2, round(REPORTS * min(seconds, 1)))}
    hands.ask(**order)
    task = progress.add_task("reports beside the notary", total=rounds)
    beside, alone = [], []
    for _round in range(rounds):
        alone.append(hands.ask(**order))
        with ThreadPoolExecutor(1) as pool:
            looking = pool.submit(notary.ask, do="look", seconds=seconds)
            beside.append(hands.ask(**order))
            looking.result()
        progress.advance(task)
    ratio = statistics.median(one / other for one, other in zip(beside, alone, strict=True))
    return [
        Figure("filing and acting, notary at work ÷ without", ratio, "", 1.05, "at most"),
        Figure("filing and acknowledging, without", statistics.median(alone), "ms"),
    ]


def _large(notary: Talking, leaves: int, progress: Progress) -> list[Figure]:
    tiles, rows = notary.ask(do="stored")
    size = first = notary.ask(do="size")
    task = progress.add_task(f"adding {leaves:,} leaves", total=leaves)
    while size < first + leaves:
        size = notary.ask(do="grow", count=min(CHUNK, first + leaves - size))
        progress.update(task, completed=size - first)
    grown = notary.ask(do="stored")
    proof = notary.ask(do="prove", repeats=PROOFS)
    task = progress.add_task(f"verifying {size:,} leaves", total=size)
    began = time.perf_counter()
    while held := notary.ask(do="verify_on"):
        progress.update(task, completed=held)
    took = time.perf_counter() - began
    return [
        Figure("leaves", size),
        Figure("a proof among them", proof, "ms", 5, "at most"),
        Figure("verifying all of them", took, "s"),
        Figure("tiles per 1,000 leaves", (grown[0] - tiles) / leaves, "kB"),
        Figure("numbers per 1,000 leaves", (grown[1] - rows) / leaves, "kB"),
    ]
