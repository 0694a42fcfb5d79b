"""The causes of the holes that a check finds: what has to be entered so that the people asked can be reached. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.duty.reach import Directory, PassedOver, Skip
from backend.organisation.roles import UNIT_ROLES, Role
from backend.rulebook.coverage import Gap, Interval, Question


@dataclass(frozen=True, slots=True)
class Causes:
    """The posts that nobody holds, by role with their units, and the people who hold one and cannot be reached."""

    vacant: Mapping[Role, Sequence[UUID]]
    people: Mapping[PassedOver, Sequence[UUID]]


def causes_of(*, gaps: Sequence[Gap], intervals: Sequence[Interval], school_id: UUID) -> Causes:
    """Return what stands in the way of those who are asked; of those who would only stand in for them nothing is said.

    What is wrong is the same at all times of a gap, so that its first instant speaks for it.
    """
    directories = {interval.since: interval.directory for interval in intervals}
    vacant: dict[Role, dict[UUID, None]] = {}
    people: dict[PassedOver, dict[UUID, None]] = {}
    for gap in gaps:
        if gap.only is not None:
            continue
        for question in gap.questions:
            for unit_id, skip in _own_skips(question, directories[gap.spans[0][0]], school_id):
                if skip.person_id is not None:
                    people.setdefault(skip.reason, {})[skip.person_id] = None
                elif skip.reason is PassedOver.VACANT:
                    vacant.setdefault(skip.role, {}).update({unit_id: None} if unit_id else {})
    return Causes(
        {role: tuple(units) for role, units in vacant.items()},
        {reason: tuple(found) for reason, found in people.items()},
    )


def _own_skips(question: Question, directory: Directory, school_id: UUID) -> Iterator[tuple[UUID | None, Skip]]:
    ask = directory.deputies if question.deputies else directory.reach
    for role in question.roles:
        unit_id = question.unit_id if role in UNIT_ROLES else None
        for skip in ask(role=role, school_id=school_id, unit_id=unit_id).skips:
            if skip.role is role:
                yield unit_id, skip
