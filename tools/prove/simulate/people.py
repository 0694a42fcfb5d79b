"""The people reached in a role, by docs/adr/0011, 0043 and 0079 alone: the roster, the holder, a deputy, or above.

Nothing of the product's own search is imported. The posts and shifts are told as facts; every question is answered by
looking them all through.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

ABOVE = {
    "handler": "office_head",
    "office_head": "vice_principal",
    "duty_leader": "vice_principal",
    "coordinator": "vice_principal",
    "vice_principal": "principal",
    "protection_lead": "principal",
    "principal": "board_chair",
    "board_chair": "bureau_officer",
}
"""Whoever is asked where nobody in a role can be reached."""
IN_A_UNIT = frozenset({"handler", "office_head"})
LEADING, OF_THE_BUREAU = "duty_leader", "bureau_officer"
Reached = frozenset[UUID]
NOBODY: Reached = frozenset()


@dataclass(frozen=True)
class Seat:
    """A post that somebody holds: its role, the code of its unit (empty: the whole school), and whether as deputy."""

    role: str
    unit: str
    person: UUID
    is_deputy: bool = False


@dataclass(eq=False)
class Shift:
    """A turn of duty with those who serve in it, and who of them lead; of a school, or of the bureau."""

    key: UUID
    kind: str
    starts_at: datetime
    ends_at: datetime
    serving: set[UUID]
    leading: set[UUID]
    is_of_bureau: bool = False

    def holds(self, at: datetime) -> bool:
        """Say whether it is in force at an instant."""
        return self.starts_at <= at < self.ends_at


@dataclass(eq=False)
class Asked:
    """A contact test: of whom, in which shift, by when, by whom (None: the rule), and when it was over, and how."""

    shift: Shift
    person: UUID
    asked_at: datetime
    due_at: datetime
    by: UUID | None = None
    over_at: datetime | None = None
    is_answered: bool = False

    def is_silent(self, at: datetime) -> bool:
        """Say whether whoever was asked is passed over at an instant."""
        return self.over_at is None and self.due_at <= at


@dataclass(eq=False)
class People:
    """Everybody of one school, and the officers of its bureau."""

    seats: Sequence[Seat] = ()
    shifts: list[Shift] = field(default_factory=list)
    absences: list[tuple[UUID, datetime, datetime]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def reach(self, role: str, unit: str, at: datetime, besides: Reached = NOBODY) -> Reached:
        """Return whom a question to a role reaches: of the roster, who holds it, their deputies, else the role above.

        Whoever did not answer a contact test is asked where nobody else can be.
        """
        for asked in _chain(role):
            for people in self._ranks(asked, unit, at):
                found = self._there(people, at, besides)
                if found:
                    return found
        for asked in _chain(role):
            found = self._there(self._leaders(asked, at, is_silent=True), at, besides)
            if found:
                return found
        return NOBODY

    def deputies(self, role: str, unit: str, at: datetime) -> Reached:
        """Return the deputies of a role who are there, else whom the role above reaches."""
        found = self._there(self._holders(role, unit, is_deputy=True), at, NOBODY)
        if found or role not in ABOVE:
            return found
        return self.reach(ABOVE[role], unit, at)

    def told(self, rung: "Step", unit: str, at: datetime) -> Reached:
        """Return whom a step of a ladder reaches."""
        ask = self.deputies if rung.deputies else self.reach
        return frozenset().union(*(ask(role, unit, at) for role in rung.tell))

    def leads(self, person: UUID, at: datetime) -> bool:
        """Say whether somebody leads a shift of the school at an instant."""
        return any(shift.holds(at) and person in shift.leading and not shift.is_of_bureau for shift in self.shifts)

    def is_away(self, person: UUID, since: datetime, until: datetime) -> bool:
        """Say whether somebody is away at any time of a span."""
        return any(who == person and first < until and last > since for who, first, last in self.absences)

    def _ranks(self, role: str, unit: str, at: datetime) -> Iterator[set[UUID]]:
        yield self._leaders(role, at, is_silent=False)
        yield self._holders(role, unit, is_deputy=False)
        yield self._holders(role, unit, is_deputy=True)

    def _leaders(self, role: str, at: datetime, *, is_silent: bool) -> set[UUID]:
        """Return who leads a shift in force, of those who have answered, or who have not."""
        if role not in {LEADING, OF_THE_BUREAU}:
            return set()
        of_bureau = role == OF_THE_BUREAU
        shifts = [shift for shift in self.shifts if shift.holds(at) and shift.is_of_bureau == of_bureau]
        silent = {(test.shift, test.person) for test in self.asked if test.shift in shifts and test.is_silent(at)}
        return {one for shift in shifts for one in shift.leading if ((shift, one) in silent) == is_silent}

    def _holders(self, role: str, unit: str, *, is_deputy: bool) -> set[UUID]:
        where = unit if role in IN_A_UNIT else ""
        of_role = [seat for seat in self.seats if (seat.role, seat.unit) == (role, where)]
        return {seat.person for seat in of_role if seat.is_deputy == is_deputy}

    def _there(self, people: set[UUID], at: datetime, besides: Reached) -> Reached:
        away = {who for who, first, last in self.absences if first <= at < last}
        return frozenset(people - away - besides)


@dataclass(frozen=True)
class Step:
    """A step of a ladder as a rulebook's file writes it: after which time, the roles it tells, or their deputies."""

    after: str
    tell: tuple[str, ...]
    deputies: bool = False


def _chain(role: str) -> Iterator[str]:
    yield role
    while role in ABOVE:
        role = ABOVE[role]
        yield role
