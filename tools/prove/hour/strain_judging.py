"""The price that strains may have: the bounds, what was missed of them, and the table that shows it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table

from tools.prove.hour.others import HEALTH, HOME, PATHS, SIGN_IN, p95
from tools.prove.hour.strain import PROXY, WEB, Asked, Row
from tools.prove.hour.strains import BODIES, CLOSED, FROZEN, GUESSES, HELD, SOCKETS

MOST_TIMES, SLACK_SECONDS = 3, 0.25
"""Others may wait for three times as long as just before, and a quarter of a second: less than one notices."""
HASHING_SECONDS = 1.0
"""The wait that they may have besides while two passwords of strangers are checked, each on all cores for a while."""
MORE_MIB = 64
"""The memory that requests of strangers, sent by half, may take of the web and of the proxy."""
HASHING_MIB = 2 * 100
"""The memory that these two passwords take of the web besides."""
LONGEST_SECONDS = 5.0
"""Until then everybody has an answer, whatever the database does (docs/adr/0023); a slow machine takes its own time."""
FINE, AWAY = 200, 503
HEARD: dict[str, set[str]] = {
    BODIES: {"408", CLOSED, HELD},
    SOCKETS: {CLOSED, HELD},
    GUESSES: {"400", "401", "429"},  # the page says 400 of a wrong password, the API 401
    FROZEN: {str(AWAY)},
}
ALLOWED = {SIGN_IN: {FINE, AWAY}, HEALTH: {FINE}, HOME: {AWAY}}
"""The answers that others may get while the database is frozen."""


def missed(rows: Sequence[Row]) -> Iterator[str]:
    """Yield what was promised and did not hold, in words."""
    for row in rows:
        for words in (*_answers_missed(row), *_waits_missed(row), *_memory_missed(row)):
            yield f"{row.strain}, {row.door}: {words}"


def _answers_missed(row: Row) -> Iterator[str]:
    """Yield the answers that are not as they should be, of others and of the strained requests."""
    answers = row.beside.answers
    for path in PATHS:
        allowed = ALLOWED[path] if row.strain == FROZEN else {FINE}
        wrong = Counter(answer.status for answer in answers if answer.path == path and answer.status not in allowed)
        if wrong:
            yield f"{path} was answered {counted(wrong)}"
    if unknown := set(row.heard) - HEARD[row.strain]:
        yield f"the strained requests were answered {', '.join(sorted(unknown))}"


def _waits_missed(row: Row) -> Iterator[str]:
    """Yield who waited for too long: in a frozen database nobody beyond the deadline, else one in twenty at most."""
    if row.strain == FROZEN:
        most = LONGEST_SECONDS + row.quiet.slowest
        if row.beside.slowest > most:
            yield f"somebody waited for {row.beside.slowest:.1f} s; {most:.1f} s are allowed"
        return
    slack = SLACK_SECONDS + (HASHING_SECONDS if row.strain == GUESSES else 0)
    for path in PATHS:
        most = MOST_TIMES * p95(row.quiet.answers, path) + slack
        if (seconds := p95(row.beside.answers, path)) > most:
            yield f"p95 of {path} was {seconds * 1000:.0f} ms; {most * 1000:.0f} ms are allowed"


def _memory_missed(row: Row) -> Iterator[str]:
    """Yield which process took too much."""
    for name, taken in row.beside.memory.items():
        hashing = HASHING_MIB if (row.strain, name) == (GUESSES, WEB) else 0
        most = row.quiet.memory[name] + MORE_MIB + hashing
        if taken > most:
            yield f"the {name} took {taken} MiB; {most} MiB are allowed"


def counted(answers: Counter[Any]) -> str:
    """Return how often each thing was answered, the most frequent first."""
    return ", ".join(f"{answer} × {times}" for answer, times in answers.most_common())


def table_of(rows: Sequence[Row]) -> Table:
    """Return everything that was measured, a line for each strain at each door."""
    table = Table(title="Others' p95 in ms just before each strain → beside it, and what it took")
    left = ("strain", "door")
    for heading in (*left, *PATHS, "slowest", "others' answers", "web MiB", "proxy MiB", "strained answers"):
        table.add_column(heading, justify="left" if heading in left else "right")
    for row in rows:
        table.add_row(
            row.strain,
            row.door,
            *(_both(*(p95(asked.answers, path) * 1000 for asked in (row.quiet, row.beside))) for path in PATHS),
            _both(row.quiet.slowest * 1000, row.beside.slowest * 1000),
            counted(Counter(answer.status for answer in row.beside.answers)),
            *(_memory(row.quiet, row.beside, name) for name in (WEB, PROXY)),
            counted(Counter(row.heard)),
        )
    return table


def _both(before: float, beside: float) -> str:
    return f"{before:.0f} → {beside:.0f}"


def _memory(quiet: Asked, beside: Asked, name: str) -> str:
    return _both(quiet.memory[name], beside.memory[name]) if name in beside.memory else ""
