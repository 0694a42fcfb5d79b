"""Writes on schools and people; the imports lay a whole file out and may be repeated, changing only what differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.common.errors import Invalid
from backend.organisation.models import (
    Absence,
    Appointment,
    Bureau,
    Calendar,
    CalendarDay,
    CalendarPeriod,
    ContactChannel,
    DutyHours,
    Person,
    Place,
    Post,
    School,
    Unit,
    WorkingHours,
)
from backend.organisation.roles import UNIT_ROLES, Role

HoursRow = tuple[int, time, time]
PeriodRow = tuple[date, date, str, frozenset[HoursRow]]
DayRow = tuple[date, int | None, time | None, time | None, str]


@dataclass(frozen=True, slots=True)
class CalendarLayout:
    """The rows of a calendar without their ids, so that two can be compared."""

    hours: frozenset[HoursRow]
    periods: frozenset[PeriodRow]
    days: frozenset[DayRow]


class PostElsewhere(Invalid):
    """The role cannot be held by this person in this place of work."""

    code = "post_elsewhere"
    title = _("This post does not exist where the person works. Please choose a unit of the person's own school.")


@transaction.atomic
def person_add(*, employer: School | Bureau, staff_number: str, name: str, email: str, now: datetime) -> Person:
    """Register a person, or correct the name under a staff number; the employer vouches for the e-mail address."""
    person, _created = Person.objects.update_or_create(
        school=employer if isinstance(employer, School) else None,
        bureau=employer if isinstance(employer, Bureau) else None,
        staff_number=staff_number,
        defaults={"name": name},
    )
    ContactChannel.objects.get_or_create(
        person=person, kind=ContactChannel.Kind.EMAIL, address=email, defaults={"verified_at": now}
    )
    return person


@transaction.atomic
def post_fill(
    *,
    person: Person,
    role: Role,
    unit: Unit | None = None,
    is_deputy: bool = False,
    starts_at: datetime,
    ends_at: datetime | None = None,
) -> Appointment:
    """Appoint a person from one instant until another, creating the post where it is missing; raise PostElsewhere.

    The same appointment a second time changes nothing, and does not undo an end set since.
    """
    if unit is not None and unit.school_id != person.school_id:
        raise PostElsewhere
    if (unit is not None) != (role in UNIT_ROLES) or (person.bureau_id is not None) != (role is Role.BUREAU_OFFICER):
        raise PostElsewhere
    post, _created = Post.objects.get_or_create(role=role, school=person.school, bureau=person.bureau, unit=unit)
    appointment, _created = Appointment.objects.get_or_create(
        post=post, person=person, is_deputy=is_deputy, starts_at=starts_at, defaults={"ends_at": ends_at}
    )
    return appointment


def absence_add(*, person: Person, starts_at: datetime, ends_at: datetime) -> Absence:
    """Note that a person cannot be reached from one instant until another."""
    absence, _created = Absence.objects.get_or_create(person=person, starts_at=starts_at, ends_at=ends_at)
    return absence


def person_link_account(*, person: Person, user: User) -> None:
    """Let an account act as a person from now on."""
    person.user = user
    person.save(update_fields=["user"])


@transaction.atomic
def bureau_import(*, content: Mapping[str, Any], now: datetime) -> Bureau:
    """Lay out a bureau and its people from a checked file; nobody who is missing in the file is removed."""
    bureau, _created = Bureau.objects.update_or_create(code=content["code"], defaults=_names(content))
    for row in content["people"]:
        _person_import(row, bureau, {}, content, now)
    return bureau


@transaction.atomic
def school_import(*, content: Mapping[str, Any], bureau: Bureau, now: datetime) -> School:
    """Lay out a school from a checked file; units, places and people missing in the file are not removed."""
    moved = Calendar.objects.filter(school__code=content["code"]).exclude(school__time_zone=content["time_zone"])
    moved.update(version=F("version") + 1)
    school, _created = School.objects.update_or_create(
        code=content["code"], defaults={**_names(content), "bureau": bureau, "time_zone": content["time_zone"]}
    )
    units = _units_import(school, content["units"])
    _places_import(school, units, content["places"])
    school.intake_unit = units[content["intake_unit"]]
    school.protection_unit = units[content["protection_unit"]]
    school.save(update_fields=["intake_unit", "protection_unit"])
    for row in content["people"]:
        _person_import(row, school, units, content, now)
    return school


@transaction.atomic
def calendar_import(*, school: School, content: Mapping[str, Any]) -> Calendar:
    """Take a checked calendar file into use at a school; the version rises only when something differs."""
    fields = {**_names(content), "published_until": date.fromisoformat(content["published_until"])}
    Calendar.objects.get_or_create(school=school, defaults={**fields, "version": 0})
    calendar = Calendar.objects.select_for_update().get(school=school)
    laid_out = CalendarLayout(_hours_of(content["hours"]), _periods_of(content), _days_of(content))
    if calendar.version and _stored(calendar) == (fields, laid_out):
        return calendar
    for rows in (calendar.hours, calendar.periods, calendar.days):
        rows.all().delete()
    _calendar_store(calendar, laid_out)
    Calendar.objects.filter(id=calendar.id).update(**fields, version=calendar.version + 1)
    calendar.refresh_from_db()
    return calendar


def _units_import(school: School, rows: Sequence[Mapping[str, Any]]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for row in rows:
        parent = units[row["parent"]] if "parent" in row else None
        units[row["code"]], _created = Unit.objects.update_or_create(
            school=school, code=row["code"], defaults={**_names(row), "kind": row["kind"], "parent": parent}
        )
    return units


def _places_import(school: School, units: Mapping[str, Unit], rows: Sequence[Mapping[str, Any]]) -> None:
    places: dict[str, Place] = {}
    for row in rows:
        parent = places[row["parent"]] if "parent" in row else None
        places[row["code"]], _created = Place.objects.update_or_create(
            school=school, code=row["code"], defaults={**_names(row), "owner": units[row["owner"]], "parent": parent}
        )


def _person_import(
    row: Mapping[str, Any],
    employer: School | Bureau,
    units: Mapping[str, Unit],
    file: Mapping[str, Any],
    now: datetime,
) -> None:
    zone = ZoneInfo(file["time_zone"])
    starts_at = _midnight(file["since"], zone)
    person = person_add(
        employer=employer, staff_number=row["staff_number"], name=row["name"], email=row["email"], now=now
    )
    if "unit" in row:
        post_fill(person=person, role=Role.REPORTER, unit=units[row["unit"]], starts_at=starts_at)
    for post in row.get("posts", ()):
        post_fill(
            person=person,
            role=Role(post["role"]),
            unit=units[post["unit"]] if "unit" in post else None,
            is_deputy=post.get("deputy", False),
            starts_at=starts_at,
        )
    if "absent" in row:
        after = _midnight(row["absent"]["last"], zone) + timedelta(days=1)
        absence_add(person=person, starts_at=_midnight(row["absent"]["first"], zone), ends_at=after)


def _names(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"name_zh": row["name"]["zh"], "name_en": row["name"]["en"]}


def _midnight(day: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(date.fromisoformat(day), time.min, tzinfo=zone)


def _calendar_store(calendar: Calendar, laid_out: CalendarLayout) -> None:
    WorkingHours.objects.bulk_create(
        WorkingHours(calendar=calendar, weekday=weekday, opens=opens, closes=closes)
        for weekday, opens, closes in laid_out.hours
    )
    for first, last, note, hours in laid_out.periods:
        period = CalendarPeriod.objects.create(calendar=calendar, first=first, last=last, note=note)
        DutyHours.objects.bulk_create(
            DutyHours(period=period, weekday=weekday, opens=opens, closes=closes) for weekday, opens, closes in hours
        )
    CalendarDay.objects.bulk_create(
        CalendarDay(calendar=calendar, day=day, works_as_weekday=weekday, opens=opens, closes=closes, note=note)
        for day, weekday, opens, closes, note in laid_out.days
    )


def _hours_of(rows: Sequence[Mapping[str, Any]]) -> frozenset[HoursRow]:
    return frozenset(
        (weekday, _time_of(row["opens"]), _time_of(row["closes"])) for row in rows for weekday in row["weekdays"]
    )


def _periods_of(content: Mapping[str, Any]) -> frozenset[PeriodRow]:
    return frozenset(
        (date.fromisoformat(row["first"]), date.fromisoformat(row["last"]), row["note"], _hours_of(row["hours"]))
        for row in content.get("periods", ())
    )


def _days_of(content: Mapping[str, Any]) -> frozenset[DayRow]:
    days: set[DayRow] = set()
    for row in content["days"]:
        first, last = date.fromisoformat(row["first"]), date.fromisoformat(row.get("last", row["first"]))
        opens, closes = (_time_of(row[key]) if key in row else None for key in ("opens", "closes"))
        span = range((last - first).days + 1)
        days |= {(first + timedelta(days=offset), row.get("works_as"), opens, closes, row["note"]) for offset in span}
    return frozenset(days)


def _time_of(text: str) -> time:
    return time.min if text == "24:00" else time.fromisoformat(text)


def _stored(calendar: Calendar) -> tuple[dict[str, Any], CalendarLayout]:
    fields = {name: getattr(calendar, name) for name in ("name_zh", "name_en", "published_until")}
    hours = frozenset(calendar.hours.values_list("weekday", "opens", "closes"))
    periods = frozenset(
        (row.first, row.last, row.note, frozenset((day.weekday, day.opens, day.closes) for day in row.hours.all()))
        for row in calendar.periods.prefetch_related("hours")
    )
    days = frozenset(calendar.days.values_list("day", "works_as_weekday", "opens", "closes", "note"))
    return fields, CalendarLayout(hours, periods, days)
