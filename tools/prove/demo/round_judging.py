"""The promises about rounds checked at the end of a demo day: each rule yields what breaks it. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoundSeen:
    """A round as a leader saw it at the end: who answered it, in order, and how it stands."""

    id: str
    plan: str
    office: str
    turn: int
    state: str
    said: str
    is_late: bool
    answered_by: Sequence[str]
    omissions: int = 0

    def __str__(self) -> str:
        return f"{self.plan} of {self.office}, turn {self.turn}"


@dataclass(frozen=True, slots=True)
class RoundsOfDay:
    """The rounds that were planned by id, what was sent of them (round, person), and what is there."""

    planned: Sequence[str] = ()
    sent: Sequence[tuple[str, str]] = ()
    seen: Sequence[RoundSeen] = ()


def rounds_none_lost(day: RoundsOfDay) -> Iterator[str]:
    """Every round that was planned is there, and came to an answer or is missing."""
    seen = {row.id for row in day.seen}
    yield from (f"{each}: not there" for each in day.planned if each not in seen)
    yield from (f"{row}: still {row.state}" for row in day.seen if row.state not in {"answered", "missed"})


def rounds_none_twice(day: RoundsOfDay) -> Iterator[str]:
    """No plan asks an office twice for one turn."""
    for (plan, office, turn), times in Counter((row.plan, row.office, row.turn) for row in day.seen).items():
        if times > 1:
            yield f"{plan} of {office}, turn {turn}: {times} times"


def rounds_by_people(day: RoundsOfDay) -> Iterator[str]:
    """Each answer is one that a person sent, and each that was sent is there: the system says nothing for anybody."""
    sent, there = Counter(day.sent), Counter((row.id, by) for row in day.seen for by in row.answered_by)
    names = {row.id: str(row) for row in day.seen}
    for (round_id, person), times in (there - sent).items():
        yield f"{names[round_id]}: {times} more answers of {person} than were sent"
    for (round_id, person), times in (sent - there).items():
        yield f"{names.get(round_id, round_id)}: {times} answers of {person} are not there"


def rounds_silence_is_missing(day: RoundsOfDay) -> Iterator[str]:
    """A round of which nobody said anything is missing, and never all well."""
    for row in day.seen:
        if not row.answered_by and (row.state != "missed" or row.said):
            yield f"{row}: {row.state} {row.said}, and nobody has said anything"


ROUND_RULES: Mapping[str, Callable[[RoundsOfDay], Iterator[str]]] = {
    "No round lost": rounds_none_lost,
    "No round twice": rounds_none_twice,
    "No round answered by the system": rounds_by_people,
    "Silence is missing": rounds_silence_is_missing,
}
