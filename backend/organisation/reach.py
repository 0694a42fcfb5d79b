"""Who can be reached in a role right now: the post's holder, else a deputy, else the role above. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from backend.organisation.roles import UNIT_ROLES, Role, chain_of


class PassedOver(StrEnum):
    """Why somebody, or a whole step, was skipped."""

    VACANT = "vacant"
    ABSENT = "absent"
    EXCLUDED = "excluded"
    NO_CHANNEL = "no_channel"


@dataclass(frozen=True, slots=True)
class Seat:
    """One appointment in force, with what decides whether its person can be reached."""

    role: Role
    employer_id: UUID
    unit_id: UUID | None
    person_id: UUID
    is_deputy: bool
    absent: bool
    has_channel: bool


@dataclass(frozen=True, slots=True)
class Skip:
    """A step that was passed over: the role asked, the person (None for a vacant post) and why."""

    role: Role
    person_id: UUID | None
    reason: PassedOver


@dataclass(frozen=True, slots=True)
class Reached:
    """The people found for a role, the role they were found in, and what was passed over on the way."""

    people: tuple[UUID, ...]
    role: Role | None
    skips: tuple[Skip, ...]


@dataclass(slots=True)
class Directory:
    """Every seat of some schools and their bureaus at one instant; answers any number of questions without a query."""

    bureau_of: Mapping[UUID, UUID]
    _seats: dict[tuple[Role, UUID, UUID | None], list[Seat]] = field(default_factory=dict)

    def add(self, seats: Sequence[Seat]) -> None:
        """File seats under the role and place of work they belong to."""
        for seat in seats:
            self._seats.setdefault((seat.role, seat.employer_id, seat.unit_id), []).append(seat)

    def reach(self, *, role: Role, school_id: UUID, unit_id: UUID | None, excluding: Collection[UUID] = ()) -> Reached:
        """Return the reachable people for a role: all holders, else all deputies, else those of the role above."""
        skips: list[Skip] = []
        for asked in chain_of(role):
            seats = self._seats_for(asked, school_id, unit_id)
            if all(seat.is_deputy for seat in seats):
                skips.append(Skip(asked, None, PassedOver.VACANT))
            for deputies in (False, True):
                people = _reachable([seat for seat in seats if seat.is_deputy == deputies], excluding, skips)
                if people:
                    return Reached(people, asked, tuple(skips))
        return Reached((), None, tuple(skips))

    def deputies(
        self, *, role: Role, school_id: UUID, unit_id: UUID | None, excluding: Collection[UUID] = ()
    ) -> Reached:
        """Return the reachable deputies of a role, else those whom `reach` finds above it."""
        skips: list[Skip] = []
        seats = [seat for seat in self._seats_for(role, school_id, unit_id) if seat.is_deputy]
        people = _reachable(seats, excluding, skips)
        if people:
            return Reached(people, role, tuple(skips))
        if not seats:
            skips.append(Skip(role, None, PassedOver.VACANT))
        above = chain_of(role)[1:2]
        if not above:
            return Reached((), None, tuple(skips))
        found = self.reach(role=above[0], school_id=school_id, unit_id=unit_id, excluding=excluding)
        return Reached(found.people, found.role, (*skips, *found.skips))

    def _seats_for(self, role: Role, school_id: UUID, unit_id: UUID | None) -> list[Seat]:
        employer = self.bureau_of[school_id] if role is Role.BUREAU_OFFICER else school_id
        return self._seats.get((role, employer, unit_id if role in UNIT_ROLES else None), [])


def _reachable(seats: Sequence[Seat], excluding: Collection[UUID], skips: list[Skip]) -> tuple[UUID, ...]:
    people: list[UUID] = []
    for seat in seats:
        reason = _reason_to_pass_over(seat, excluding)
        if reason:
            skips.append(Skip(seat.role, seat.person_id, reason))
        else:
            people.append(seat.person_id)
    return tuple(dict.fromkeys(people))


def _reason_to_pass_over(seat: Seat, excluding: Collection[UUID]) -> PassedOver | None:
    if seat.person_id in excluding:
        return PassedOver.EXCLUDED
    if seat.absent:
        return PassedOver.ABSENT
    return None if seat.has_channel else PassedOver.NO_CHANNEL
