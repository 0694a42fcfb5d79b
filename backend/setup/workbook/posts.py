"""Planning the posts of a workbook: who gets one, which would be over, and which stay although it is silent. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from backend.organisation.models import Appointment, Person, Unit
from backend.organisation.roles import UNIT_ROLES, Role
from backend.organisation.services.appointing import PostKey
from backend.setup.workbook.plan import Index, Plan, Sort
from backend.setup.workbook.reading import Entry, Filled
from backend.setup.workbook.shape import SheetName
from backend.setup.workbook.staff import Staff, who
from backend.setup.workbook.state import State

Seat = tuple[UUID, PostKey, bool]
"""Somebody on a post, as its holder or as a deputy."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A seat that the file asks for, and where it does."""

    sheet: SheetName
    line: int
    person: Person
    role: Role
    unit: Unit | None
    is_deputy: bool

    @property
    def seat(self) -> Seat:
        """The seat itself."""
        return self.person.id, (self.role, self.unit.id if self.unit else None), self.is_deputy


def posts_plan(*, plan: Plan, state: State, filled: Filled, staff: Staff, units: Index[Unit]) -> None:
    """Plan which posts are given, and propose to end those in units that people or the school have left behind."""
    wanted: dict[Seat, Wanted] = {}
    for each in (*_of_people(plan, filled, staff, units), *_of_posts(plan, filled, staff, units)):
        wanted.setdefault(each.seat, each)
    held = {_seat(row) for row in state.held}
    for seat, each in wanted.items():
        if seat in held:
            plan.same[SheetName.POSTS] += 1
        else:
            plan.posts.append((each.person, seat[1], each.is_deputy))
            told = _told(who(each.person), each.role, each.unit, each.is_deputy)
            plan.add(each.sheet, each.line, Sort.NEW, told, about=SheetName.POSTS)
    homes = _homes(wanted)
    left = _left(state, homes)
    for row in state.held:
        if _seat(row) in wanted:
            continue
        is_known = row.person_id in staff.named
        is_of_last_year = is_known and bool(filled.of(SheetName.POSTS)) and _is_of_the_year(row)
        if row.post.unit_id in plan.over or (row.person_id, row.post.unit_id) in left or is_of_last_year:
            plan.ends.append(row)
            plan.add(SheetName.POSTS, 0, Sort.ENDS, _held(row), key=str(row.pk))
        elif is_known and filled.of(SheetName.POSTS):
            plan.add(SheetName.POSTS, 0, Sort.STAYS, _held(row))


def _of_people(plan: Plan, filled: Filled, staff: Staff, units: Index[Unit]) -> Iterator[Wanted]:
    """Yield the seats of the sheet of people: in their unit as staff, and in the role beside it."""
    for entry in filled.of(SheetName.PEOPLE):
        found = staff.index.find(entry["staff_number"])
        unit = _unit(plan, SheetName.PEOPLE, entry, units)
        role = Role(entry["role"] or Role.REPORTER)
        if unit is not None and found:
            yield Wanted(SheetName.PEOPLE, entry.line, found[0], Role.REPORTER, unit, is_deputy=False)
        if role in UNIT_ROLES and unit is None and entry["role"] and not entry["unit"]:
            plan.refuse(SheetName.PEOPLE, entry.line, "unit", _("This role is held in a unit. Write which."))
        elif role is not Role.REPORTER and found:
            in_unit = unit if role in UNIT_ROLES else None
            yield Wanted(SheetName.PEOPLE, entry.line, found[0], role, in_unit, is_deputy=False)


def _of_posts(plan: Plan, filled: Filled, staff: Staff, units: Index[Unit]) -> Iterator[Wanted]:
    """Yield the seats of the sheet of posts."""
    sheet = SheetName.POSTS
    for entry in filled.of(sheet):
        person = staff.one(plan, sheet, entry.line, entry["staff_number"])
        unit = _unit(plan, sheet, entry, units)
        role = Role(entry["role"])
        if role in UNIT_ROLES and not entry["unit"]:
            plan.refuse(sheet, entry.line, "unit", _("This role is held in a unit. Write which."))
        elif role not in UNIT_ROLES and entry["unit"]:
            plan.refuse(sheet, entry.line, "unit", _("This role holds for the whole school. Leave the unit empty."))
        elif person is not None and (unit is not None or role not in UNIT_ROLES):
            yield Wanted(sheet, entry.line, person, role, unit, is_deputy=entry["deputy"] == "yes")


def _unit(plan: Plan, sheet: SheetName, entry: Entry, units: Index[Unit]) -> Unit | None:
    return units.one(entry["unit"], plan.refusing(sheet, entry.line, "unit")) if entry["unit"] else None


def _homes(wanted: dict[Seat, Wanted]) -> dict[UUID, set[UUID]]:
    """Return the units in which people are staff according to the file."""
    homes: dict[UUID, set[UUID]] = {}
    for each in wanted.values():
        if each.role is Role.REPORTER and each.unit is not None:
            homes.setdefault(each.person.id, set()).add(each.unit.id)
    return homes


def _left(state: State, homes: dict[UUID, set[UUID]]) -> set[tuple[UUID, UUID | None]]:
    """Return who was staff in which unit, and is so in another one according to the file."""
    return {
        (row.person_id, row.post.unit_id)
        for row in state.held
        if row.post.role == Role.REPORTER and row.person_id in homes and row.post.unit_id not in homes[row.person_id]
    }


def _is_of_the_year(row: Appointment) -> bool:
    """Say whether a post is one in a grade or class, which are given anew each year."""
    return row.post.unit is not None and row.post.unit.kind != Unit.Kind.OFFICE


def _seat(row: Appointment) -> Seat:
    return row.person_id, (Role(row.post.role), row.post.unit_id), row.is_deputy


def _held(row: Appointment) -> str:
    return _told(who(row.person), Role(row.post.role), row.post.unit, row.is_deputy)


def _told(whose: str, role: Role, unit: Unit | None, is_deputy: bool) -> str:
    words = [whose, str(role.label), unit.name if unit else "", _("Deputy") if is_deputy else ""]
    return " · ".join(filter(None, words))
