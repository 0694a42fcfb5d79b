"""The people a firing reaches, and how far it raises a ticket. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.duty.reach import Directory, Reached, Skip
from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName, Confidentiality, Ruleset, Severity
from backend.workflow.naming import Answering


@dataclass(frozen=True, slots=True)
class EscalationSubject:
    """The facts of a ticket that decide whom its ladder reaches."""

    school_id: UUID
    owner_id: UUID
    category: str
    severity: Severity
    confidentiality: Confidentiality
    excluded: frozenset[UUID]
    at_night: bool
    besides: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class RungReached:
    """The answers of those whom one firing reaches, who was passed over on the way, and at which rung.

    `rung` counts from 0; it is a later one than fired where every rung before it reached nobody.
    """

    answers: tuple[Reached, ...]
    skips: tuple[Skip, ...]
    rung: int

    @property
    def people(self) -> tuple[UUID, ...]:
        """The people it reaches, each once."""
        return tuple(dict.fromkeys(person for answer in self.answers for person in answer.people))

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles they were found in."""
        return tuple(dict.fromkeys(answer.role for answer in self.answers if answer.role))


def rung_reach(
    *, directory: Directory, ruleset: Ruleset, subject: EscalationSubject, clock: ClockName, rung: int
) -> RungReached:
    """Return whom the nth firing of a clock reaches, as absences and posts are now.

    A rung that reaches nobody is passed over at once: those of the next one are asked, up to the end of the ladder.
    Where only colleagues of somebody whom it concerns are left, the level above them hears as well.
    """
    skips: dict[Skip, None] = {}
    answering = Answering(directory, subject.school_id, subject.owner_id, subject.excluded, subject.besides)
    for asked in range(rung, max(rung + 1, ladder_length(ruleset=ruleset, subject=subject, clock=clock))):
        found = list(_asked(answering, ruleset, subject, clock, asked))
        found += answering.above(found)
        skips.update(dict.fromkeys(skip for answer in found for skip in answer.skips))
        if any(answer.people for answer in found):
            return RungReached(tuple(found), tuple(skips), asked)
    return RungReached((), tuple(skips), rung)


def ladder_length(*, ruleset: Ruleset, subject: EscalationSubject, clock: ClockName) -> int:
    """Return how many rungs a clock has before it repeats; class K2 climbs a ladder of its own."""
    if subject.confidentiality is Confidentiality.K2:
        return len(ruleset.protection_rungs)
    return len(ruleset.clocks_of(category=subject.category, severity=subject.severity)[clock].rungs)


def _asked(
    answering: Answering, ruleset: Ruleset, subject: EscalationSubject, clock: ClockName, rung: int
) -> Iterator[Reached]:
    steps = ruleset.rungs_to_tell(
        category=subject.category,
        severity=subject.severity,
        confidentiality=subject.confidentiality,
        clock=clock,
        rung=rung,
        at_night=subject.at_night,
    )
    for step in steps:
        yield from map(answering.deputies if step.deputies else answering.reach, step.tell)


def level_after(*, level: int, rung: int, ladder_length: int) -> int:
    """Return the ticket's level after a firing: the highest rung any of its clocks reached, counted from 1."""
    return max(level, min(rung + 1, ladder_length))


def people_to_page(*, reached: Sequence[UUID], paged: Collection[UUID], raises: bool, is_repeat: bool) -> list[UUID]:
    """Return whom a firing pages: all it reaches if it raises the level or repeats, else only those not paged yet."""
    if raises or is_repeat:
        return list(reached)
    return [person for person in reached if person not in paged]
