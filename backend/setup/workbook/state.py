"""Reads of a school's present state, as a workbook is compared with it or holds it; a few statements for any size."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from backend.duty.models import DutyShift, DutySlot
from backend.duty.selectors.away import Absences, absences_load
from backend.organisation.models import (
    Appointment,
    ContactChannel,
    Person,
    Place,
    Post,
    School,
    TelephoneNumber,
    Unit,
)
from backend.organisation.roles import Role
from backend.organisation.selectors.bureaus import bureaus_of_own, officers_listed
from backend.setup.workbook.shape import Rows, SheetName

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class State:
    """The units, places, people, posts, numbers, coming duty and absences of a school, without what has ended."""

    school: School
    units: tuple[Unit, ...]
    places: tuple[Place, ...]
    people: tuple[Person, ...]
    held: tuple[Appointment, ...]
    emails: tuple[ContactChannel, ...]
    telephones: tuple[TelephoneNumber, ...]
    shifts: tuple[DutyShift, ...]
    absences: Absences
    has_own_bureau: bool
    """True where the bureau stands above this school only, which then enters its officers."""
    officers: tuple[Appointment, ...]
    people_of_bureau: tuple[Person, ...]
    """Whoever works there, and whoever was an officer once, with their addresses."""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which its days begin."""
        return ZoneInfo(self.school.time_zone)


def state_load(*, school: School, now: datetime) -> State:
    """Load the state of a school, itself among it, in eleven statements, fifteen where its bureau has officers."""
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    emails = ContactChannel.objects.filter(person__school=school, kind=ContactChannel.Kind.EMAIL)
    held = Appointment.objects.filter(lasting, person__school=school).select_related("post__unit", "person__school")
    shifts = DutyShift.objects.filter(school=school, ends_at__gt=now).select_related("place", "school")
    people = tuple(Person.objects.filter(school=school).select_related("school").order_by("staff_number", "id"))
    own, officers = Exists(bureaus_of_own(school_id=school.id)), Exists(Post.objects.filter(bureau=OuterRef("bureau")))
    found = School.objects.select_related("bureau").annotate(has_own=own, has_officers=officers).get(id=school.id)
    has_officers = found.has_own and found.has_officers
    of_bureau = Person.objects.filter(bureau=found.bureau).prefetch_related("channels").order_by("staff_number", "id")
    return State(
        school=found,
        units=tuple(Unit.objects.filter(school=school).order_by("code", "id")),
        places=tuple(Place.objects.filter(school=school).order_by("code", "id")),
        people=people,
        held=tuple(held.order_by("starts_at", "id")),
        emails=tuple(emails.order_by("verified_at", "id")),
        telephones=tuple(TelephoneNumber.objects.filter(school=school).order_by("name_zh", "id")),
        shifts=tuple(shifts.prefetch_related("slots").order_by("starts_at", "kind", "id")),
        absences=absences_load(person_ids=[person.id for person in people], now=now),
        has_own_bureau=found.has_own,
        officers=tuple(officers_listed(bureau=found.bureau, now=now)) if has_officers else (),
        people_of_bureau=tuple(of_bureau) if has_officers else (),
    )


def rows_of(*, state: State) -> Rows:
    """Return the state as the lines of a workbook: read again, it changes nothing."""
    number = {person.id: person.staff_number for person in state.people}
    unit = {row.id: row.code for row in state.units}
    place = {row.id: row.code for row in state.places}
    home: dict[UUID, Appointment] = {}
    for row in state.held:
        if row.post.role == Role.REPORTER and not row.is_deputy:
            home[row.person_id] = row
    address: dict[UUID, ContactChannel] = {}
    for channel in state.emails:
        address.setdefault(channel.person_id, channel)
    return {
        SheetName.OFFICES: [_office(state.school, row) for row in state.units if row.kind == Unit.Kind.OFFICE],
        SheetName.CLASSES: [_class(row, unit) for row in _in_order(state.units) if row.kind != Unit.Kind.OFFICE],
        SheetName.PEOPLE: [_person(row, home, address, unit) for row in state.people],
        SheetName.POSTS: [_post(row, unit) for row in state.held if row is not home.get(row.person_id)],
        SheetName.CONTACTS: [
            {"staff_number": number[row.person_id], "email": row.shown}
            for row in state.emails
            if row is not address[row.person_id]
        ],
        SheetName.PLACES: [_place(row, place, unit) for row in state.places],
        SheetName.TELEPHONES: [_telephone(row, unit) for row in state.telephones],
        SheetName.DUTY: list(_duty(state, number)),
        SheetName.BUREAU: list(_officers(state)),
    }


def _officers(state: State) -> Iterator[Row]:
    """Yield the officers who can be reached by mail; those without an address are not a line one could read again."""
    for row in state.officers:
        mails = [one for one in row.person.channels.all() if one.kind == ContactChannel.Kind.EMAIL]
        if mails:
            yield {
                "staff_number": row.person.staff_number,
                "name": row.person.name,
                "email": min(mails, key=lambda one: (one.verified_at is None, one.pk)).shown,
                "deputy": "yes" if row.is_deputy else "",
                "language": row.person.language,
            }


def _in_order(units: tuple[Unit, ...]) -> list[Unit]:
    return sorted(units, key=lambda row: (row.kind == Unit.Kind.CLASS, row.code))


def _named(row: Unit | Place) -> dict[str, str]:
    return {"name_zh": row.name_zh, "name_en": row.name_en, "code": row.code}


def _office(school: School, row: Unit) -> Row:
    tasks = {school.intake_unit_id: "intake", school.protection_unit_id: "protection"}
    return {**_named(row), "task": tasks.get(row.id, "")}


def _class(row: Unit, unit: Mapping[UUID, str]) -> Row:
    return {**_named(row), "kind": row.kind, "parent": unit[row.parent_id] if row.parent_id else ""}


def _place(row: Place, place: Mapping[UUID, str], unit: Mapping[UUID, str]) -> Row:
    return {**_named(row), "parent": place[row.parent_id] if row.parent_id else "", "owner": unit[row.owner_id]}


def _telephone(row: TelephoneNumber, unit: Mapping[UUID, str]) -> Row:
    named = {"name_zh": row.name_zh, "name_en": row.name_en}
    return {**named, "number": row.number, "unit": unit[row.unit_id] if row.unit_id else ""}


def _person(
    row: Person,
    home: Mapping[UUID, Appointment],
    address: Mapping[UUID, ContactChannel],
    unit: Mapping[UUID, str],
) -> Row:
    channel = address.get(row.id)
    return {
        "staff_number": row.staff_number,
        "name": row.name,
        "email": channel.shown if channel else "",
        "unit": _unit_of(home.get(row.id), unit),
        "language": row.language,
    }


def _unit_of(row: Appointment | None, unit: Mapping[UUID, str]) -> str:
    return unit[row.post.unit_id] if row and row.post.unit_id else ""


def _post(row: Appointment, unit: Mapping[UUID, str]) -> Row:
    return {
        "staff_number": row.person.staff_number,
        "person_name": row.person.name,
        "role": row.post.role,
        "unit": _unit_of(row, unit),
        "deputy": "yes" if row.is_deputy else "",
    }


def _duty(state: State, number: Mapping[UUID, str]) -> Iterator[Row]:
    place = {row.id: row.code for row in state.places}
    for shift in state.shifts:
        starts, ends = shift.starts_at.astimezone(state.zone), shift.ends_at.astimezone(state.zone)
        slots = sorted(shift.slots.all(), key=lambda slot: number[slot.person_id])
        part = {
            part: "、".join(number[slot.person_id] for slot in slots if slot.part == part) for part in DutySlot.Part
        }
        yield {
            "kind": shift.kind,
            "first": starts.date().isoformat(),
            "starts": f"{starts:%H:%M}",
            "last": ends.date().isoformat(),
            "ends": f"{ends:%H:%M}",
            "place": place[shift.place_id] if shift.place_id else "",
            "leaders": part[DutySlot.Part.LEADER],
            "teachers": part[DutySlot.Part.TEACHER],
        }
