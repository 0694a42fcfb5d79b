"""Opening the pages of daily work with few and with many tickets, turn by turn: time, buffers and statements."""

import statistics
from collections.abc import Sequence

from rich.progress import Progress

from tools.prove.bench.figures import Figure
from tools.prove.bench.parts import Talking
from tools.prove.bench.reading import MOST_GROWTH, REPEATS

MOST_STATEMENTS = 12
MOST_MILLISECONDS = 20
SLOWEST_OF = 20
HEAD, PRINCIPAL, REPORTER = "head.zhao", "principal.wang", "teacher.lin"
COMMON, RARE = "漏水", "255"
PAGES = (
    ("inbox, head of office", HEAD, "/tickets"),
    ("inbox, principal", PRINCIPAL, "/tickets?tab=all"),
    ("search for a common word", HEAD, f"/tickets?q={COMMON}"),
    ("search for a rare word", HEAD, f"/tickets?q={RARE}"),
    ("today", PRINCIPAL, "/today"),
)
FIGURES, MOST_OF_FIGURES = "/figures?weeks=4", 1000
"""Four weeks of the large database are some fifty thousand tickets of a school: more than one files in years."""
SEARCHES = (("a common word", COMMON), ("a rare word", RARE), ("an office and a word", f"总务 {COMMON}"))


def measure(*, small: Talking, large: Talking, rounds: int, progress: Progress) -> list[Figure]:
    """Return by which factor each page grows, how many statements it sends, and what searching alone takes."""
    pages = [(name, who, [path, path]) for name, who, path in PAGES]
    tickets = [f"/tickets/{hands.ask(do='ticket_of', username=HEAD)}" for hands in (small, large)]
    pages.append(("ticket", HEAD, tickets))
    task = progress.add_task("opening pages", total=len(pages))
    figures = []
    for name, who, paths in pages:
        figures += _page(name, who, paths, (small, large), rounds)
        progress.advance(task)
    figures += _slowest(small, large, rounds)
    figures += _figures(large, rounds)
    reference = large.ask(do="reference_of", username=REPORTER)
    for name, words in (*SEARCHES, ("a reference", reference)):
        took = large.ask(do="search", username=PRINCIPAL, words=words, repeats=REPEATS * rounds)
        figures.append(Figure(f"finding {name}: p50", took, "ms", MOST_MILLISECONDS, "at most"))
    return figures


def _page(name: str, who: str, paths: Sequence[str], both: Sequence[Talking], rounds: int) -> list[Figure]:
    taken: list[list[float]] = [[], []]
    for _round in range(rounds):
        for hands, path, times in zip(both, paths, taken, strict=True):
            times.append(hands.ask(do="open", username=who, path=path, repeats=REPEATS))
    small, large = map(statistics.median, taken)
    sent = both[1].ask(do="statements_of_page", username=who, path=paths[1])
    return [
        Figure(f"{name}: growth of time", large / small, "×", MOST_GROWTH, "at most"),
        Figure(f"{name}: median in the large one", large, "ms"),
        Figure(f"{name}: statements", sent, "", MOST_STATEMENTS, "at most"),
    ]


def _slowest(small: Talking, large: Talking, rounds: int) -> list[Figure]:
    """Compare the slowest twentieth of inboxes opened and of actions taken."""
    orders: dict[str, dict[str, object]] = {
        "inbox": {"do": "slowest_opening", "username": HEAD, "path": "/tickets", "repeats": SLOWEST_OF * rounds},
        "an action": {"do": "slowest_action", "username": HEAD, "repeats": SLOWEST_OF * rounds},
    }
    figures = []
    for name, order in orders.items():
        few, many = small.ask(**order), large.ask(**order)
        figures.append(Figure(f"{name}: growth of p95", many / few, "×", MOST_GROWTH, "at most"))
        figures.append(Figure(f"{name}: p95 in the large one", many, "ms"))
    return figures


def _figures(large: Talking, rounds: int) -> list[Figure]:
    large.ask(do="count")
    took = large.ask(do="open", username=PRINCIPAL, path=FIGURES, repeats=rounds)
    sent = large.ask(do="statements_of_page", username=PRINCIPAL, path=FIGURES)
    return [
        Figure("figures of four weeks: median in the large one", took, "ms", MOST_OF_FIGURES, "at most"),
        Figure("figures of four weeks: statements", sent, "", MOST_STATEMENTS, "at most"),
    ]
