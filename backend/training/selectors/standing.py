"""Reads for keeping what is due in step: scoped to nobody, and as many statements for any number of people."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Max, QuerySet

from backend.organisation.models import Person, School, Unit
from backend.organisation.roles import Role
from backend.organisation.selectors.people import appointments_in_force
from backend.organisation.selectors.reachable import may_be_reached
from backend.training.dues import Asked, HeldSince, Key
from backend.training.models import ClassAttendance, StaffAttendance, TrainingDue

SESSION = ("session", "session__at")
Row = TypeVar("Row", StaffAttendance, ClassAttendance)


def day_at(*, school: School, at: datetime) -> date:
    """Return the day it is at a school."""
    return at.astimezone(ZoneInfo(school.time_zone)).date()


def dues_lock(*, school: School) -> list[TrainingDue]:
    """Return what is due at a school, locked; of two that keep it at once the second waits."""
    School.objects.select_for_update(no_key=True).get(id=school.id)
    return list(TrainingDue.objects.filter(school=school, closed_at=None))


def asked_of(*, school: School, now: datetime) -> Asked:
    """Return all that decides what is due at a school; four statements."""
    posts = _posts(school, now)
    begun = day_at(school=school, at=school.live_at or now)
    taught: dict[UUID | None, date] = {}
    for post in posts:
        if post.role is Role.OFFICE_HEAD:
            taught[post.unit_id] = min(post.since, taught.get(post.unit_id, post.since))
    classes = Unit.objects.filter(school=school, kind=Unit.Kind.CLASS).values_list("id", flat=True)
    return Asked(
        today=day_at(school=school, at=now),
        posts=posts,
        classes={unit_id: taught.get(unit_id, begun) for unit_id in classes},
        counts=_counts(school),
    )


def _posts(school: School, now: datetime) -> list[HeldSince]:
    """Return the posts of the school; nobody was asked anything before it worked with the system."""
    here = Person.objects.filter(may_be_reached(at=now), school=school)
    held = appointments_in_force(at=now).filter(post__school=school, person__in=here).select_related("post__unit")
    return [
        HeldSince(
            row.person_id,
            Role(row.post.role),
            row.post.unit_id,
            row.post.unit.code if row.post.unit else "",
            day_at(school=school, at=max(row.starts_at, school.live_at or row.starts_at)),
        )
        for row in held
    ]


def _counts(school: School) -> dict[Key, date]:
    found: dict[Key, date] = {}
    staff = _counting(StaffAttendance.objects.all(), school).values_list("session__code", "person")
    for code, person_id, until in staff.annotate(until=Max("session__counts_until")):
        found[code, person_id, None] = until
    classes = _counting(ClassAttendance.objects.all(), school).values_list("session__code", "unit")
    for code, unit_id, until in classes.annotate(until=Max("session__counts_until")):
        found[code, None, unit_id] = until
    return found


def _counting(rows: QuerySet[Row], school: School) -> QuerySet[Row]:
    return rows.filter(session__school=school, session__void_at=None).exclude(session__code="")


def done_by(*, school: School, asked_at: Mapping[Key, datetime]) -> Mapping[Key, UUID]:
    """Return for these the session by which each was done, of those entered since it was asked the one that counts
    longest: one that has run out did not do what is asked after it. Two statements, and none for none.
    """
    if not asked_at:
        return {}
    people = {person_id for _code, person_id, _unit in asked_at if person_id}
    units = {unit_id for _code, _person, unit_id in asked_at if unit_id}
    staff = _counting(StaffAttendance.objects.filter(person__in=people), school).order_by("session__counts_until")
    classes = _counting(ClassAttendance.objects.filter(unit__in=units), school).order_by("session__counts_until")
    held: list[tuple[Key, UUID, datetime]] = [
        *(((code, one, None), *rest) for code, one, *rest in staff.values_list("session__code", "person", *SESSION)),
        *(((code, None, one), *rest) for code, one, *rest in classes.values_list("session__code", "unit", *SESSION)),
    ]
    return {key: session_id for key, session_id, at in held if key in asked_at and at >= asked_at[key]}
