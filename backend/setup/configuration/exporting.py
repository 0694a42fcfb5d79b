"""A school's whole configuration in the form of a configuration file, in a fixed order. Reads only."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet

from backend.calendars.content import calendar_content
from backend.duty.models import DutyShift, DutySlot
from backend.organisation.models import (
    Appointment,
    ContactChannel,
    Person,
    Place,
    School,
    TelephoneNumber,
    Unit,
)
from backend.organisation.selectors.bureaus import bureaus_of_own
from backend.rulebook.models import SchoolRulebook
from backend.setup.configuration.shape import FORMAT, VERSION
from backend.setup.configuration.standing import standing_of


def configuration_of(*, school: School, now: datetime, is_administrators: bool = False) -> dict[str, Any]:
    """Return what a school has set up, and its coming duty; secrets and what is over are not in it.

    With the bureau come its people and its own duty; an administrator of the school gets its officers alone, and those
    only of a bureau that is the school's own. Accounts, passwords, robots' addresses (which hold keys), absences,
    tickets and the tokens of places stay behind. The number of statements does not grow with the school.
    """
    zone = ZoneInfo(school.time_zone)
    units = list(Unit.objects.filter(school=school).order_by("code"))
    places = list(Place.objects.filter(school=school).order_by("code"))
    code_of = {unit.id: unit.code for unit in units} | {place.id: place.code for place in places}
    return {
        "format": FORMAT,
        "version": VERSION,
        "bureau": {
            "code": school.bureau.code,
            "name": _name(school.bureau),
            **_bureau(school, now, zone, is_administrators),
        },
        "school": _school(school, code_of),
        "units": [_unit(row, code_of) for row in _parents_first(units)],
        "places": [_place(row, code_of) for row in _parents_first(places)],
        "people": [_person(row, code_of, zone) for row in _people(Person.objects.filter(school=school), now)],
        **_calendar(school),
        **_rulebook(school),
        "shifts": [_shift(row, zone) for row in _shifts(DutyShift.objects.filter(school=school), now)],
        **_telephones(school, code_of),
        **_replies(school),
        **standing_of(school=school, code_of=code_of, now=now),
    }


def _name(row: Any) -> dict[str, str]:
    return {"zh": row.name_zh, "en": row.name_en}


def _school(school: School, code_of: Mapping[UUID, str]) -> dict[str, Any]:
    offices = {"intake_unit": school.intake_unit_id, "protection_unit": school.protection_unit_id}
    return {
        "code": school.code,
        "kind": school.kind,
        "name": _name(school),
        "time_zone": school.time_zone,
        **({"country": school.country} if school.country else {}),
        **{name: code_of[unit_id] for name, unit_id in offices.items() if unit_id},
        "emergency": {
            "police": school.emergency_police,
            "fire": school.emergency_fire,
            "ambulance": school.emergency_ambulance,
        },
        "takes_anonymous": school.takes_anonymous,
    }


def _unit(row: Unit, code_of: Mapping[UUID, str]) -> dict[str, Any]:
    return {"code": row.code, "kind": row.kind, "name": _name(row), **_parent(row, code_of)}


def _place(row: Place, code_of: Mapping[UUID, str]) -> dict[str, Any]:
    return {"code": row.code, "name": _name(row), "owner": code_of[row.owner_id], **_parent(row, code_of)}


def _parent(row: Unit | Place, code_of: Mapping[UUID, str]) -> dict[str, str]:
    return {"parent": code_of[row.parent_id]} if row.parent_id else {}


def _parents_first(rows: Sequence[Any]) -> list[Any]:
    """Return a tree from the top down, each row after its parent, and otherwise in the order given."""
    children: dict[UUID | None, list[Any]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    found: list[Any] = []
    level = children.get(None, [])
    while level:
        found += level
        level = [child for row in level for child in children.get(row.id, ())]
    return found


def _people(people: QuerySet[Person], now: datetime) -> Iterable[Person]:
    lasting = (
        Appointment.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
        .select_related("post")
        .order_by("starts_at", "id")
    )
    mails = ContactChannel.objects.filter(kind=ContactChannel.Kind.EMAIL)
    parts = (Prefetch("appointments", lasting, to_attr="held"), Prefetch("channels", mails, to_attr="mails"))
    return people.order_by("staff_number").prefetch_related(*parts)


def _person(row: Any, code_of: Mapping[UUID, str], zone: ZoneInfo) -> dict[str, Any]:
    posts = [_post(held, code_of, zone) for held in row.held]
    return {
        "staff_number": row.staff_number,
        "name": row.name,
        "language": row.language,
        "addresses": sorted(channel.shown for channel in row.mails),
        "posts": sorted(posts, key=lambda post: (post["role"], post.get("unit", ""), "deputy" in post)),
    }


def _post(held: Appointment, code_of: Mapping[UUID, str], zone: ZoneInfo) -> dict[str, Any]:
    return {
        "role": held.post.role,
        **({"unit": code_of[held.post.unit_id]} if held.post.unit_id else {}),
        **({"deputy": True} if held.is_deputy else {}),
        "since": _at(held.starts_at, zone),
        **({"until": _at(held.ends_at, zone)} if held.ends_at else {}),
    }


def _calendar(school: School) -> dict[str, Any]:
    if school.calendar is None:
        return {}
    public = school.calendar.days.filter(is_published=True).order_by("day")
    days = [
        {
            "day": row.day.isoformat(),
            **({} if row.works_as_weekday is None else {"works_as": row.works_as_weekday}),
            "note": row.note,
        }
        for row in public
    ]
    return {"calendar": calendar_content(calendar=school.calendar), **({"public_days": days} if days else {})}


def _rulebook(school: School) -> dict[str, Any]:
    used = SchoolRulebook.objects.select_related("version").filter(school=school).first()
    return {"rulebook": used.version.content} if used else {}


def _telephones(school: School, code_of: Mapping[UUID, str]) -> dict[str, Any]:
    rows = [
        {"name": _name(row), "number": row.number, **({"unit": code_of[row.unit_id]} if row.unit_id else {})}
        for row in TelephoneNumber.objects.filter(school=school).order_by("name_zh", "id")
    ]
    return {"telephones": rows} if rows else {}


def _replies(school: School) -> dict[str, Any]:
    rows = [
        {**({"category": row.category} if row.category else {}), "text": {"zh": row.text_zh, "en": row.text_en}}
        for row in school.standard_replies.order_by("category", "text_zh")
    ]
    return {"replies": rows} if rows else {}


def _bureau(school: School, now: datetime, zone: ZoneInfo, is_administrators: bool) -> dict[str, Any]:
    """Return the coming duty of a bureau, and who works there.

    Posts and addresses come along from a bureau above this school only; those of one above several are not a school's.
    """
    is_own = bureaus_of_own(school_id=school.id).exists()
    if is_administrators and not is_own:
        return {}
    told = ("staff_number", "name", "language", *(("addresses", "posts") if is_own else ()))
    people = [_person(row, {}, zone) for row in _people(Person.objects.filter(bureau=school.bureau), now)]
    officers = {"people": [{name: row[name] for name in told if row[name]} for row in people]}
    if is_administrators:
        return officers
    shifts = _shifts(DutyShift.objects.filter(bureau=school.bureau), now)
    return {**officers, "shifts": [_shift(row, zone) for row in shifts]}


def _shifts(shifts: QuerySet[DutyShift], now: datetime) -> Iterable[DutyShift]:
    slots = DutySlot.objects.select_related("person").order_by("part", "person__staff_number")
    coming = shifts.filter(ends_at__gt=now).select_related("place").order_by("starts_at", "kind", "place__code")
    return coming.prefetch_related(Prefetch("slots", slots))


def _shift(row: DutyShift, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "kind": row.kind,
        **({"place": row.place.code} if row.place else {}),
        "starts_at": _at(row.starts_at, zone),
        "ends_at": _at(row.ends_at, zone),
        "people": [{"staff_number": slot.person.staff_number, "part": slot.part} for slot in row.slots.all()],
    }


def _at(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat()
