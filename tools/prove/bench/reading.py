"""Reading lists and tickets in a small and in a large database, turn by turn."""

import statistics
from dataclasses import dataclass

from rich.progress import Progress

from tools.prove.bench.figures import Figure
from tools.prove.bench.parts import Talking

READERS = {"reporter": "teacher.lin", "head of office": "head.zhao", "principal": "principal.wang"}
REPEATS = 5
MOST_GROWTH = 1.5


@dataclass(frozen=True)
class Reading:
    """Something to read, as the API serves it in each of the two databases."""

    name: str
    username: str
    small: str
    large: str


def measure(*, small: Talking, large: Talking, rounds: int, progress: Progress) -> list[Figure]:
    """Return by which factor buffers and median time grow from the small database to the large one."""
    for hands in (small, large):
        hands.ask(do="sign_in", usernames=list(READERS.values()))
    readings = [*_lists(small, large), *_details(small, large)]
    figures = []
    task = progress.add_task("reading", total=len(readings) * rounds)
    for reading in readings:
        small_ms, large_ms = [], []
        for _ in range(rounds):
            small_ms.append(small.ask(do="read", username=reading.username, path=reading.small, repeats=REPEATS))
            large_ms.append(large.ask(do="read", username=reading.username, path=reading.large, repeats=REPEATS))
            progress.advance(task)
        touched = [
            hands.ask(do="buffers", username=reading.username, path=path)
            for hands, path in ((small, reading.small), (large, reading.large))
        ]
        figures += _growth(reading.name, touched, [statistics.median(small_ms), statistics.median(large_ms)])
    return figures


def _growth(name: str, touched: list[int], milliseconds: list[float]) -> list[Figure]:
    return [
        Figure(f"{name}: growth of buffers", touched[1] / touched[0], "×", MOST_GROWTH, "at most"),
        Figure(f"{name}: growth of time", milliseconds[1] / milliseconds[0], "×", MOST_GROWTH, "at most"),
        Figure(f"{name}: buffers in the large one", touched[1]),
        Figure(f"{name}: median in the large one", milliseconds[1], "ms"),
    ]


def _lists(small: Talking, large: Talking) -> list[Reading]:
    first = [Reading(f"list, {who}", name, "/api/v1/tickets", "/api/v1/tickets") for who, name in READERS.items()]
    second = [
        Reading(f"second page, {who}", name, *_each(small, large, do="second_page", username=name))
        for who, name in READERS.items()
    ]
    return [*first, *second]


def _details(small: Talking, large: Talking) -> list[Reading]:
    return [
        Reading(
            f"ticket, {who}",
            name,
            *(f"/api/v1/tickets/{ticket}" for ticket in _each(small, large, do="ticket_of", username=name)),
        )
        for who, name in READERS.items()
    ]


def _each(small: Talking, large: Talking, **order: str) -> tuple[str, str]:
    return small.ask(**order), large.ask(**order)
