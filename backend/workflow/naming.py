"""Leaving out those whom a report concerns, and making sure that somebody independent hears instead. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from backend.duty.reach import Directory, Reached
from backend.organisation.roles import UNIT_ROLES, Role, chain_of

MOST_NAMED = 6
"""The most people a report can name before the bureau hears of it from the beginning."""
LEADERSHIP = (Role.PRINCIPAL, Role.VICE_PRINCIPAL)


@dataclass(frozen=True, slots=True)
class Answering:
    """Those who answer for a ticket: its school and office, at one instant, and the people it concerns."""

    directory: Directory
    school_id: UUID
    unit_id: UUID
    excluded: frozenset[UUID]
    besides: frozenset[UUID] = frozenset()
    """People passed over for another reason, as whoever acted when a second person is to hear."""

    def reach(self, role: Role) -> Reached:
        """Return whom the role reaches; whoever is left out has somebody in their place."""
        return self.directory.reach(
            role=role, school_id=self.school_id, unit_id=self.unit_id, excluding=self.excluded | self.besides
        )

    def deputies(self, role: Role) -> Reached:
        """Return the deputies whom the role reaches."""
        return self.directory.deputies(
            role=role, school_id=self.school_id, unit_id=self.unit_id, excluding=self.excluded | self.besides
        )

    def above(self, answers: Sequence[Reached]) -> list[Reached]:
        """Return who hears besides, where only people of an office are left from which somebody was left out."""
        left_out = {skip.role for answer in answers for skip in answer.skips if skip.person_id in self.excluded}
        found = dict.fromkeys(answer.role for answer in answers if answer.role)
        close = [role for role in found if any(_is_same_office(role, other) for other in left_out)]
        if not close or len(close) < len(found):
            return []
        return [self.reach(role) for role in dict.fromkeys(higher for role in close for higher in _next_level(role))]

    def supervision(self) -> list[Reached]:
        """Return the bureau's officer, where very many are named or everybody who leads the school; else nobody."""
        leaders = {
            person
            for role in LEADERSHIP
            for person in self.directory.holders(role=role, school_id=self.school_id, unit_id=None)
        }
        is_whole = bool(leaders) and leaders <= self.excluded
        return [self.reach(Role.BUREAU_OFFICER)] if is_whole or len(self.excluded) > MOST_NAMED else []


def _next_level(role: Role) -> Iterator[Role]:
    above = (higher for higher in chain_of(role) if not _is_same_office(role, higher))
    yield from list(above)[:1]


def _is_same_office(one: Role, other: Role) -> bool:
    return one is other or {one, other} <= UNIT_ROLES
