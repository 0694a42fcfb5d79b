"""The people who hear of a report of one category, step by step, as long as nobody does anything. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.duty.reach import Directory
from backend.organisation.roles import UNIT_ROLES, Role
from backend.rulebook.coverage import Gap, Questions
from backend.rulebook.ruleset import Category, ClockName, Ruleset, Span

Spans = tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One step: how long after the report (the time allowed, then the rung's own), the roles asked, the people found.

    The first step is at once and has no clock.
    """

    clock: ClockName | None
    within: Span | None
    after: Span | None
    roles: tuple[Role, ...]
    people: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The place of a question: the people of an instant, the school, and the unit that answers."""

    directory: Directory
    school_id: UUID
    unit_id: UUID | None
    at_night: bool


def steps_told(*, ruleset: Ruleset, category: Category, asked: Asked, clock: ClockName) -> list[Told]:
    """Return who hears at once, and then at each rung of a clock that nobody stops."""
    informed = ruleset.informed_of(
        severity=category.severity, confidentiality=category.confidentiality, at_night=asked.at_night
    )
    first = Told(None, None, None, informed, _people(informed, False, asked))
    return [first, *_rungs(ruleset, category, asked, clock)]


def holes_of_categories(*, gaps: Sequence[Gap], uses: Questions) -> dict[str, Spans]:
    """Return the times at which some step of a category reaches nobody, by the category's code."""
    found: dict[str, dict[tuple[datetime, datetime], None]] = {}
    for gap in gaps:
        if gap.only is None:
            for code in {use.category for question in gap.questions for use in uses[question]}:
                found.setdefault(code, {}).update(dict.fromkeys(gap.spans))
    return {code: _joined(sorted(spans)) for code, spans in found.items()}


def _joined(spans: Sequence[tuple[datetime, datetime]]) -> Spans:
    whole: list[tuple[datetime, datetime]] = []
    for since, until in spans:
        if whole and since <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], until))
        else:
            whole.append((since, until))
    return tuple(whole)


def _rungs(ruleset: Ruleset, category: Category, asked: Asked, clock: ClockName) -> Iterator[Told]:
    rules = ruleset.clocks_of(category=category.code, severity=category.severity)[clock]
    for number, rung in enumerate(rules.rungs):
        (step,) = ruleset.rungs_to_tell(
            category=category.code,
            severity=category.severity,
            confidentiality=category.confidentiality,
            clock=clock,
            rung=number,
            at_night=asked.at_night,
        )
        yield Told(clock, rules.within, rung.after, step.tell, _people(step.tell, step.deputies, asked))


def _people(roles: Sequence[Role], deputies: bool, asked: Asked) -> tuple[UUID, ...]:
    directory = asked.directory
    reach = directory.deputies if deputies else directory.reach
    found: dict[UUID, None] = {}
    for role in roles:
        unit_id = asked.unit_id if role in UNIT_ROLES else None
        answer = reach(role=role, school_id=asked.school_id, unit_id=unit_id)
        found.update(dict.fromkeys(answer.people))
    return tuple(found)
