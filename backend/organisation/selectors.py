"""Reads of schools and people; `directory_load` and `actor_get` are the two questions every other app asks."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from backend.common.errors import NotFound
from backend.organisation.actors import Actor, HeldPost
from backend.organisation.calendars import CalendarRules, Hours, Period, SpecialDay, WeeklyTemplate
from backend.organisation.models import (
    Absence,
    Appointment,
    Bureau,
    Calendar,
    CalendarDay,
    ContactChannel,
    Person,
    Place,
    School,
    Unit,
    WeeklyHours,
)
from backend.organisation.reach import Directory, Seat
from backend.organisation.roles import Role


def actor_get(*, user_id: int) -> Actor | None:
    """Return the person behind an account with the posts held at the database's instant; None for no staff member."""
    rows = list(
        Person.objects.filter(user_id=user_id)
        .annotate(
            current=FilteredRelation(
                "appointments",
                condition=Q(appointments__starts_at__lte=Now())
                & (Q(appointments__ends_at__isnull=True) | Q(appointments__ends_at__gt=Now())),
            )
        )
        .values_list("id", "name", "school_id", "bureau_id", "current__post__role", "current__post__unit_id")
    )
    if not rows:
        return None
    person_id, name, school_id, bureau_id = rows[0][:4]
    posts = tuple(HeldPost(Role(role), unit_id) for *_rest, role, unit_id in rows if role)
    return Actor(user_id, person_id, name, school_id, bureau_id, posts)


def directory_load(*, school_ids: Collection[UUID], now: datetime) -> Directory:
    """Load every seat of the schools and their bureaus at one instant, in two queries for any number of schools."""
    bureau_of = dict(School.objects.filter(id__in=school_ids).values_list("id", "bureau_id"))
    rows = (
        Appointment.objects.filter(
            Q(post__school_id__in=school_ids) | Q(post__bureau_id__in=set(bureau_of.values())),
            Q(ends_at__isnull=True) | Q(ends_at__gt=now),
            starts_at__lte=now,
        )
        .annotate(
            absent=Exists(Absence.objects.filter(person=OuterRef("person"), starts_at__lte=now, ends_at__gt=now)),
            has_channel=Exists(ContactChannel.objects.filter(person=OuterRef("person"), verified_at__lte=now)),
        )
        .order_by("starts_at", "id")
        .select_related("post")
    )
    directory = Directory(bureau_of)
    directory.add([_seat(row, absent=row.absent, has_channel=row.has_channel) for row in rows])
    return directory


def _seat(row: Appointment, *, absent: bool, has_channel: bool) -> Seat:
    employer_id = row.post.school_id or row.post.bureau_id
    if employer_id is None:
        raise AssertionError("a constraint ties every post to a school or a bureau")
    return Seat(Role(row.post.role), employer_id, row.post.unit_id, row.person_id, row.is_deputy, absent, has_channel)


def places_visible(*, actor: Actor) -> QuerySet[Place]:
    """Return the places of the actor's school."""
    return Place.objects.filter(school_id=actor.school_scope).select_related("owner")


def units_visible(*, actor: Actor) -> QuerySet[Unit]:
    """Return the units of the actor's school."""
    return Unit.objects.filter(school_id=actor.school_scope)


def school_get(*, actor: Actor) -> School:
    """Return the actor's school; people of the bureau have none."""
    school = School.objects.filter(id=actor.school_scope).select_related("intake_unit", "protection_unit").first()
    if school is None:
        raise NotFound
    return school


def colleagues(*, actor: Actor, unit_id: UUID, now: datetime) -> QuerySet[Person]:
    """Return the people who hold a post in a unit of the actor's school."""
    return (
        Person.objects.filter(
            Q(appointments__ends_at__isnull=True) | Q(appointments__ends_at__gt=now),
            appointments__starts_at__lte=now,
            appointments__post__unit_id=unit_id,
            school_id=actor.school_scope,
        )
        .distinct()
        .order_by("staff_number")
    )


def people_known(*, school_id: UUID, person_ids: Collection[UUID]) -> set[UUID]:
    """Return which of the ids are people of the school."""
    if not person_ids:
        return set()
    return set(Person.objects.filter(school_id=school_id, id__in=person_ids).values_list("id", flat=True))


def people_visible(*, actor: Actor) -> QuerySet[Person]:
    """Return the people of the actor's school."""
    return Person.objects.filter(school_id=actor.school_scope)


def person_at(*, employer: School | Bureau, staff_number: str) -> Person:
    """Return the person under a staff number, with the account; raise NotFound."""
    at = {"school": employer} if isinstance(employer, School) else {"bureau": employer}
    person = Person.objects.filter(**at, staff_number=staff_number).select_related("user").first()
    if person is None:
        raise NotFound
    return person


def calendar_rules(*, calendar_id: UUID) -> CalendarRules:
    """Return the rules of a calendar as they are now, in five queries."""
    calendar = Calendar.objects.select_related("school").prefetch_related("hours", "days", "periods__hours")
    found = calendar.get(id=calendar_id)
    periods = sorted(found.periods.all(), key=lambda period: period.first)
    return CalendarRules(
        zone=found.school.time_zone,
        published_until=found.published_until,
        weekly=_weekly(found.hours.all()),
        periods=tuple(Period(period.first, period.last, _weekly(period.hours.all())) for period in periods),
        days={row.day: _special(row) for row in found.days.all()},
    )


def _weekly(rows: Iterable[WeeklyHours]) -> WeeklyTemplate:
    weekly: defaultdict[int, list[Hours]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.opens):
        weekly[row.weekday].append(Hours(row.opens, row.closes))
    return {weekday: tuple(hours) for weekday, hours in weekly.items()}


def _special(row: CalendarDay) -> SpecialDay:
    hours = Hours(row.opens, row.closes) if row.opens is not None and row.closes is not None else None
    return SpecialDay(row.works_as_weekday, hours)
