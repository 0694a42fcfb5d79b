"""Whom a firing reaches, and how far it raises a ticket. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.duty.reach import Directory, Reached, Skip
from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName, Confidentiality, Ruleset, Rung, Severity


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


@dataclass(frozen=True, slots=True)
class RungReached:
    """The people one firing reaches, the roles they were found in, who was passed over on the way, and at which rung.

    `rung` counts from 0; it is a later one than fired where every rung before it reached nobody.
    """

    people: tuple[UUID, ...]
    roles: tuple[Role, ...]
    skips: tuple[Skip, ...]
    rung: int


def rung_reach(
    *, directory: Directory, ruleset: Ruleset, subject: EscalationSubject, clock: ClockName, rung: int
) -> RungReached:
    """Return whom the nth firing of a clock reaches, as absences and posts are now.

    A rung that reaches nobody is passed over at once: those of the next one are asked, up to the end of the ladder.
    """
    skips: dict[Skip, None] = {}
    for asked in range(rung, max(rung + 1, ladder_length(ruleset=ruleset, subject=subject, clock=clock))):
        found = list(_asked(directory, ruleset, subject, clock, asked))
        skips.update(dict.fromkeys(skip for answer in found for skip in answer.skips))
        people = dict.fromkeys(person for answer in found for person in answer.people)
        if people:
            roles = dict.fromkeys(answer.role for answer in found if answer.role)
            return RungReached(tuple(people), tuple(roles), tuple(skips), asked)
    return RungReached((), (), tuple(skips), rung)


def ladder_length(*, ruleset: Ruleset, subject: EscalationSubject, clock: ClockName) -> int:
    """Return how many rungs a clock has before it repeats; class K2 climbs a ladder of its own."""
    if subject.confidentiality is Confidentiality.K2:
        return len(ruleset.protection_rungs)
    return len(ruleset.clocks_of(category=subject.category, severity=subject.severity)[clock].rungs)


def _asked(
    directory: Directory, ruleset: Ruleset, subject: EscalationSubject, clock: ClockName, rung: int
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
        yield from _answers(directory, subject, step)


def _answers(directory: Directory, subject: EscalationSubject, step: Rung) -> Iterator[Reached]:
    ask = directory.deputies if step.deputies else directory.reach
    for role in step.tell:
        yield ask(role=role, school_id=subject.school_id, unit_id=subject.owner_id, excluding=subject.excluded)


def level_after(*, level: int, rung: int, ladder_length: int) -> int:
    """Return the ticket's level after a firing: the highest rung any of its clocks reached, counted from 1."""
    return max(level, min(rung + 1, ladder_length))


def people_to_page(*, reached: Sequence[UUID], paged: Collection[UUID], raises: bool, is_repeat: bool) -> list[UUID]:
    """Return whom a firing pages: all it reaches if it raises the level or repeats, else only those not paged yet."""
    if raises or is_repeat:
        return list(reached)
    return [person for person in reached if person not in paged]
