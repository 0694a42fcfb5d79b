"""Reads of calendars as a whole; `calendar_rules` is what working time is computed from."""

from datetime import date
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from backend.calendars.models import Calendar, CalendarDay, CalendarPeriod, DutyHours, Term, WorkingHours, YearlyHoliday
from backend.common.errors import NotFound
from backend.common.identities import identity_of
from backend.organisation.actors import Actor
from backend.organisation.models import School


def calendars_visible(*, actor: Actor) -> QuerySet[Calendar]:
    """Return the calendar of the actor's school; people of the bureau have none."""
    return Calendar.objects.filter(school=actor.school_scope)


def calendar_with_days(*, actor: Actor, calendar_id: UUID, since: date, until: date) -> Calendar:
    """Return a calendar with its hours, terms, periods, and the days of a span, in seven queries; raise NotFound."""
    weekly = ("weekday", "opens")
    periods = CalendarPeriod.objects.order_by("first")
    parts = (
        Prefetch("hours", WorkingHours.objects.order_by(*weekly)),
        Prefetch("terms", Term.objects.order_by("first")),
        Prefetch("periods", periods.prefetch_related(Prefetch("hours", DutyHours.objects.order_by(*weekly)))),
        Prefetch("yearly", YearlyHoliday.objects.order_by("month", "day_of_month")),
        Prefetch("days", CalendarDay.objects.filter(day__range=(since, until)).order_by("day")),
    )
    calendar = calendars_visible(actor=actor).filter(id=calendar_id).prefetch_related(*parts).first()
    if calendar is None:
        raise NotFound
    return calendar


def calendar_lock(*, actor: Actor, calendar_id: UUID) -> Calendar:
    """Return a calendar of the actor's school, held until the transaction ends; raise NotFound."""
    rows = calendars_visible(actor=actor).select_for_update(of=("self",)).select_related("school")
    calendar = rows.filter(id=calendar_id).first()
    if calendar is None:
        raise NotFound
    return calendar


def calendar_at(*, school_code: str) -> Calendar:
    """Return the calendar of a school by the school's code, for commands; raise NotFound."""
    calendar = Calendar.objects.select_related("school").filter(school__code__identity=identity_of(school_code)).first()
    if calendar is None:
        raise NotFound
    return calendar


def school_at(*, code: str) -> School:
    """Return a school by its code, for commands; raise NotFound."""
    school = School.objects.filter(code__identity=identity_of(code)).first()
    if school is None:
        raise NotFound
    return school
