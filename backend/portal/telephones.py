"""The telephone numbers of a school on one page: whom one rings in an emergency, who answers now, office by office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.duty.reach import Reached
from backend.duty.selectors import directory_load
from backend.organisation.actors import Actor
from backend.organisation.models import School, TelephoneNumber, Unit
from backend.organisation.roles import Role
from backend.organisation.selectors import units_visible
from backend.organisation.selectors.telephones import telephone_numbers
from backend.portal.selectors import names_of_people

WHOLE_SCHOOL = (Role.DUTY_LEADER, Role.COORDINATOR, Role.PROTECTION_LEAD, Role.VICE_PRINCIPAL, Role.PRINCIPAL)


@dataclass(frozen=True, slots=True)
class Answering:
    """A post or an office, its numbers, and who answers for it now; nobody's own number is among them."""

    label: str
    numbers: Sequence[TelephoneNumber]
    who: Sequence[str]
    instead: str
    """The role in which they answer where that is another one: whoever it is of is away, or there is nobody."""


@dataclass(frozen=True, slots=True)
class TelephoneBook:
    """Everything that the page shows below the numbers for emergencies."""

    numbers: Sequence[TelephoneNumber]
    posts: Sequence[Answering]
    offices: Sequence[Answering]


def telephone_book(*, actor: Actor, school: School, now: datetime) -> TelephoneBook:
    """Return the numbers of the actor's school with whoever would be reached now; six queries for any number."""
    numbers = list(telephone_numbers(actor=actor))
    units = [unit for unit in units_visible(actor=actor).order_by("code", "id") if _is_listed(unit, numbers)]
    directory = directory_load(school_ids=[school.id], now=now)
    by_post = {role: directory.reach(role=role, school_id=school.id, unit_id=None) for role in WHOLE_SCHOOL}
    by_unit = {
        unit.id: directory.reach(role=Role.OFFICE_HEAD, school_id=school.id, unit_id=unit.id)
        for unit in units
        if unit.kind == Unit.Kind.OFFICE
    }
    people = {person for found in (*by_post.values(), *by_unit.values()) for person in found.people}
    names = names_of_people(ids=people)

    def answering(label: str, role: Role, found: Reached | None, unit_id: UUID | None = None) -> Answering:
        own = [row for row in numbers if row.unit_id == unit_id] if unit_id else []
        if found is None or found.role is None:
            return Answering(label, own, (), "")
        instead = "" if found.role is role else str(found.role.label)
        return Answering(label, own, [names[person] for person in found.people], instead)

    return TelephoneBook(
        numbers=[row for row in numbers if row.unit_id is None],
        posts=[answering(str(role.label), role, found) for role, found in by_post.items()],
        offices=[answering(unit.name, Role.OFFICE_HEAD, by_unit.get(unit.id), unit.id) for unit in units],
    )


def _is_listed(unit: Unit, numbers: Sequence[TelephoneNumber]) -> bool:
    """Say whether a unit is listed: every office, and a grade or class that has a number."""
    return unit.kind == Unit.Kind.OFFICE or any(row.unit_id == unit.id for row in numbers)
