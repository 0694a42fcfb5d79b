"""Whom a firing reaches, and how far it raises a ticket. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.organisation.reach import Directory, Reached, Skip
from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName, Confidentiality, Ruleset, Rung, Severity


@dataclass(frozen=True, slots=True)
class Climb:
    """What a ticket is like when its ladder is climbed."""

    school_id: UUID
    owner_id: UUID
    severity: Severity
    confidentiality: Confidentiality
    excluded: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class RungReached:
    """The people one firing reaches, the roles they were found in, and who was passed over on the way."""

    people: tuple[UUID, ...]
    roles: tuple[Role, ...]
    skips: tuple[Skip, ...]


def rung_reach(*, directory: Directory, ruleset: Ruleset, climb: Climb, clock: ClockName, rung: int) -> RungReached:
    """Return whom the nth firing of a clock reaches, as absences and posts are now."""
    steps = ruleset.rungs_to_tell(climb.severity, climb.confidentiality, clock, rung)
    found = [answer for step in steps for answer in _answers(directory, climb, step)]
    return RungReached(
        people=tuple(dict.fromkeys(person for answer in found for person in answer.people)),
        roles=tuple(dict.fromkeys(answer.role for answer in found if answer.role)),
        skips=tuple(dict.fromkeys(skip for answer in found for skip in answer.skips)),
    )


def _answers(directory: Directory, climb: Climb, step: Rung) -> Iterator[Reached]:
    ask = directory.deputies if step.deputies else directory.reach
    for role in step.tell:
        yield ask(role=role, school_id=climb.school_id, unit_id=climb.owner_id, excluding=climb.excluded)


def level_after(*, level: int, rung: int, ladder_length: int) -> int:
    """Return the ticket's level after a firing: the highest rung any of its clocks reached, counted from 1."""
    return max(level, min(rung + 1, ladder_length))


def people_to_page(*, reached: Sequence[UUID], paged: Collection[UUID], raises: bool, is_repeat: bool) -> list[UUID]:
    """Return whom a firing pages: all it reaches if it raises the level or repeats, else only those not paged yet."""
    if raises or is_repeat:
        return list(reached)
    return [person for person in reached if person not in paged]
