"""The price that strains may have: the bounds, what was missed of them, and the table that shows it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table

from tools.prove.hour.others import HEALTH, HOME, PATHS, SIGN_IN, Answer, p95
from tools.prove.hour.strain import PROXY, WEB, Row
from tools.prove.hour.strains import BODIES, CLOSED, FROZEN, GUESSES, HELD, QUIET, SOCKETS

MOST_TIMES, SLACK_SECONDS = 3, 0.25
"""Others may wait for three times as long as in a quiet system, and a quarter of a second: less than one notices."""
MORE_MIB = 64
"""The memory that requests of strangers, sent by half, may take of the web and of the proxy."""
HASHING_MIB = 2 * 100
"""The memory that two passwords of strangers take of the web besides, which is as many as are checked at once."""
LONGEST_SECONDS = 5.0
"""Until then everybody has an answer, whatever the database does (docs/adr/0023)."""
FINE, AWAY = 200, 503
HEARD: dict[str, set[str]] = {
    QUIET: set(),
    BODIES: {"408", CLOSED, HELD},
    SOCKETS: {CLOSED, HELD},
    GUESSES: {"401", "429"},
    FROZEN: {str(AWAY)},
}
ALLOWED = {SIGN_IN: {FINE, AWAY}, HEALTH: {FINE}, HOME: {AWAY}}
"""The answers that others may get while the database is frozen."""


def missed(rows: Sequence[Row]) -> Iterator[str]:
    """Yield what was promised and did not hold, in words."""
    quiet = {row.door: row for row in rows if row.strain == QUIET}
    for row in rows:
        before = quiet[row.door]
        for words in (*_answers_missed(row), *_waits_missed(row, before), *_memory_missed(row, before)):
            yield f"{row.strain}, {row.door}: {words}"


def _answers_missed(row: Row) -> Iterator[str]:
    """Yield the answers that are not as they should be, of others and of the strained requests."""
    for path in PATHS:
        allowed = ALLOWED[path] if row.strain == FROZEN else {FINE}
        wrong = Counter(answer.status for answer in row.answers if answer.path == path and answer.status not in allowed)
        if wrong:
            yield f"{path} was answered {counted(wrong)}"
    if unknown := set(row.heard) - HEARD[row.strain]:
        yield f"the strained requests were answered {', '.join(sorted(unknown))}"


def _waits_missed(row: Row, quiet: Row) -> Iterator[str]:
    """Yield who waited for too long: in a frozen database nobody beyond the deadline, else one in twenty at most."""
    if row.strain == FROZEN:
        slowest = _slowest(row.answers)
        if slowest > LONGEST_SECONDS:
            yield f"somebody waited for {slowest:.1f} s; {LONGEST_SECONDS:g} s are allowed"
        return
    for path in PATHS:
        most = MOST_TIMES * p95(quiet.answers, path) + SLACK_SECONDS
        if (seconds := p95(row.answers, path)) > most:
            yield f"p95 of {path} was {seconds * 1000:.0f} ms; {most * 1000:.0f} ms are allowed"


def _memory_missed(row: Row, quiet: Row) -> Iterator[str]:
    """Yield which process took too much."""
    for name, taken in row.memory.items():
        hashing = HASHING_MIB if (row.strain, name) == (GUESSES, WEB) else 0
        most = quiet.memory[name] + MORE_MIB + hashing
        if taken > most:
            yield f"the {name} took {taken} MiB; {most} MiB are allowed"


def counted(answers: Counter[Any]) -> str:
    """Return how often each thing was answered, the most frequent first."""
    return ", ".join(f"{answer} × {times}" for answer, times in answers.most_common())


def table_of(rows: Sequence[Row]) -> Table:
    """Return everything that was measured, a line for each strain at each door."""
    table = Table(title="Others' p95 in ms beside each strain, at the product's own door (web) and through the proxy")
    for heading in ("door", "strain", *PATHS, "slowest", "others' answers", "web MiB", "proxy MiB", "strained answers"):
        table.add_column(heading, justify="left" if heading in {"door", "strain"} else "right")
    for row in rows:
        table.add_row(
            row.door,
            row.strain,
            *(f"{p95(row.answers, path) * 1000:.0f}" for path in PATHS),
            f"{_slowest(row.answers) * 1000:.0f}",
            counted(Counter(answer.status for answer in row.answers)),
            str(row.memory[WEB]),
            str(row.memory.get(PROXY, "")),
            counted(Counter(row.heard)),
        )
    return table


def _slowest(answers: Sequence[Answer]) -> float:
    return max(answer.seconds for answer in answers)
