"""The rounds of a school of many classes: made ahead, made again without a change, and a day of them summed up."""

from rich.progress import Progress

from tools.prove.bench.figures import Figure
from tools.prove.bench.parts import Talking

PRINCIPAL = "principal.wang"
MOST_SECONDS, MOST_MILLISECONDS, MOST_STATEMENTS = 10, 50, 8
REPEATS = 5


def measure(*, hands: Talking, classes: int, rounds: int, progress: Progress) -> list[Figure]:
    """Return how long the rounds of a week take, and a day that is summed up, with its statements."""
    task = progress.add_task(f"rounds of {classes:,} classes", total=3)
    hands.ask(do="lay_out", username=PRINCIPAL, classes=classes)
    made, took = hands.ask(do="make")
    changed, again = hands.ask(do="make")
    progress.advance(task)
    hands.ask(do="answer")
    progress.advance(task)
    milliseconds, statements = hands.ask(do="sum_up", repeats=REPEATS * rounds)
    progress.advance(task)
    return [
        Figure("rounds made ahead", made),
        Figure("making 5,000 of them", took * 5000 / made, "s", MOST_SECONDS, "at most"),
        Figure("making them again: changed", changed, "", 0, "at most"),
        Figure("making them again", again, "s", MOST_SECONDS, "at most"),
        Figure(f"summing up the day of {classes:,} classes: median", milliseconds, "ms", MOST_MILLISECONDS, "at most"),
        Figure("summing up the day: statements", statements, "", MOST_STATEMENTS, "at most"),
    ]
