"""Reaching people in a role: the roster's leader, else the holder, a deputy, the role above. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from backend.organisation.roles import CHAINS, UNIT_ROLES, Role


class PassedOver(StrEnum):
    """The reasons for which somebody, or a whole step, is skipped."""

    VACANT = "vacant"
    ABSENT = "absent"
    EXCLUDED = "excluded"
    NO_CHANNEL = "no_channel"
    CLOSED = "closed"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Seat:
    """One appointment or lead of a shift in force, with what decides whether its person can be reached."""

    role: Role
    employer_id: UUID
    unit_id: UUID | None
    person_id: UUID
    is_deputy: bool
    absent: bool
    has_channel: bool
    on_roster: bool = False
    is_closed: bool = False
    is_silent: bool = False
    """True where a contact test of this shift went unanswered."""

    @property
    def rank(self) -> int:
        """The turn in which the person is asked: leaders of the roster 0, holders of the post 1, deputies 2."""
        return 0 if self.on_roster else 1 + self.is_deputy


RANKS = (0, 1, 2)
Place = tuple[Role, UUID, UUID | None]
"""A role, its school or bureau, and its unit."""


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
    _seats: dict[Place, list[Seat]] = field(default_factory=dict)
    _with_channel: Collection[UUID] = frozenset()
    """People who count as reachable whatever their seat says."""

    def add(self, seats: Sequence[Seat]) -> None:
        """File seats under the role and place of work they belong to."""
        for seat in seats:
            self._seats.setdefault((seat.role, seat.employer_id, seat.unit_id), []).append(seat)

    def reach(self, *, role: Role, school_id: UUID, unit_id: UUID | None, excluding: Collection[UUID] = ()) -> Reached:
        """Return the reachable people for a role: leaders of the roster, else holders, else deputies, else above.

        Whoever did not answer a contact test is asked only where nobody else can be.
        """
        skips: list[Skip] = []
        silent: list[Seat] = []
        for asked in CHAINS[role]:
            seats = self._seats_for(asked, school_id, unit_id)
            if all(seat.is_deputy for seat in seats):
                skips.append(Skip(asked, None, PassedOver.VACANT))
            silent += [replace(seat, is_silent=False) for seat in seats if seat.is_silent]
            for rank in RANKS:
                people = _reachable([seat for seat in seats if seat.rank == rank], excluding, skips)
                if people:
                    return Reached(people, asked, tuple(skips))
        for asked in CHAINS[role]:
            people = _reachable([seat for seat in silent if seat.role is asked], excluding, [])
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
        above = CHAINS[role][1:2]
        if not above:
            return Reached((), None, tuple(skips))
        found = self.reach(role=above[0], school_id=school_id, unit_id=unit_id, excluding=excluding)
        return Reached(found.people, found.role, (*skips, *found.skips))

    def holders(self, *, role: Role, school_id: UUID, unit_id: UUID | None) -> frozenset[UUID]:
        """Return everybody in a role whose account is not closed, whether they can be reached now or not."""
        seats = self._seats_for(role, school_id, unit_id)
        return frozenset(seat.person_id for seat in seats if not seat.is_closed)

    def with_channels(self, people: Collection[UUID]) -> "Directory":
        """Return the directory as it will be once these people can be reached."""
        return Directory(self.bureau_of, self._seats, people)

    def _seats_for(self, role: Role, school_id: UUID, unit_id: UUID | None) -> list[Seat]:
        employer = self.bureau_of[school_id] if role is Role.BUREAU_OFFICER else school_id
        found = self._seats.get((role, employer, unit_id if role in UNIT_ROLES else None), [])
        more = self._with_channel
        return (
            [replace(seat, has_channel=True) if seat.person_id in more else seat for seat in found] if more else found
        )


@dataclass(frozen=True, slots=True)
class Tenure:
    """A seat from one instant until another (None: until further notice); `verified_at` is the first channel's.

    `is_closed` says that the person's account is closed.
    """

    role: Role
    employer_id: UUID
    unit_id: UUID | None
    person_id: UUID
    is_deputy: bool
    on_roster: bool
    starts_at: datetime
    ends_at: datetime | None
    verified_at: datetime | None
    is_closed: bool
    silent_from: datetime | None = None
    """Since when a contact test of the shift is unanswered."""

    def seat(self, now: datetime, *, absent: bool) -> Seat:
        """Return the seat as it is at an instant within the tenure."""
        has_channel = self.verified_at is not None and self.verified_at <= now
        return Seat(
            self.role,
            self.employer_id,
            self.unit_id,
            self.person_id,
            self.is_deputy,
            absent,
            has_channel,
            self.on_roster,
            self.is_closed,
            self.silent_from is not None and self.silent_from <= now,
        )

    def holds(self, now: datetime) -> bool:
        """Say whether the seat is taken at an instant; the end itself is outside."""
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, slots=True)
class Register:
    """Everything that decides who is reachable at some schools during a span of time."""

    bureau_of: Mapping[UUID, UUID]
    tenures: Sequence[Tenure]
    absences: Mapping[UUID, Sequence[tuple[datetime, datetime]]]

    def at(self, now: datetime) -> Directory:
        """Return the directory of one instant within the span."""
        directory = Directory(self.bureau_of)
        directory.add(self._seats_at(self.tenures, now))
        return directory

    def over(self, instants: Collection[datetime]) -> dict[datetime, Directory]:
        """Return the directory of each instant; posts on which nothing changes between them are filed once for all."""
        since, until = min(instants), max(instants)
        places: dict[Place, list[Tenure]] = {}
        for row in self.tenures:
            places.setdefault((row.role, row.employer_id, row.unit_id), []).append(row)
        steady = {key: rows for key, rows in places.items() if all(self._is_steady(row, since, until) for row in rows)}
        seats = {key: self._seats_at(rows, since) for key, rows in steady.items()}
        moving = [row for key, rows in places.items() if key not in steady for row in rows]
        found = {instant: Directory(self.bureau_of, dict(seats)) for instant in instants}
        for instant, directory in found.items():
            directory.add(self._seats_at(moving, instant))
        return found

    def _seats_at(self, rows: Iterable[Tenure], now: datetime) -> list[Seat]:
        return [row.seat(now, absent=self._is_absent(row.person_id, now)) for row in rows if row.holds(now)]

    def _is_steady(self, row: Tenure, since: datetime, until: datetime) -> bool:
        """Say whether a seat is the same at every instant from one until another, both among them."""
        borders = (row.starts_at, row.ends_at, row.verified_at, row.silent_from)
        changes = any(border is not None and since < border <= until for border in borders)
        return not changes and row.person_id not in self.absences

    def changes(self, *, since: datetime, until: datetime) -> list[datetime]:
        """Return every instant of [since, until) at which an answer may change, the first being `since`."""
        borders: set[datetime | None] = {border for row in self.tenures for border in (row.starts_at, row.ends_at)}
        borders |= {border for row in self.tenures for border in (row.verified_at, row.silent_from)}
        borders |= {border for spans in self.absences.values() for span in spans for border in span}
        return [since, *sorted(border for border in borders if border is not None and since < border < until)]

    def _is_absent(self, person_id: UUID, now: datetime) -> bool:
        return any(starts_at <= now < ends_at for starts_at, ends_at in self.absences.get(person_id, ()))


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
    if seat.is_closed:
        return PassedOver.CLOSED
    if seat.absent:
        return PassedOver.ABSENT
    if not seat.has_channel:
        return PassedOver.NO_CHANNEL
    return PassedOver.NO_ANSWER if seat.is_silent else None
