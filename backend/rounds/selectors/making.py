"""Reads for making rounds ahead: scoped to nobody."""

from collections.abc import Sequence
from datetime import date

from backend.calendars.selectors import calendar_rules
from backend.organisation.models import School, Unit
from backend.rounds.models import Round
from backend.rulebook.models import SchoolRulebook
from backend.rulebook.round_rules import UnitsAsked
from backend.rulebook.selectors import ruleset_get, units_by_target


def schools_with_plans() -> list[tuple[School, int]]:
    """Return the schools that work with the system and whose rulebook in use has rounds, with its version."""
    used = SchoolRulebook.objects.filter(school__live_at__isnull=False).order_by("school__code")
    rows = used.values_list("school_id", "version_id")
    asked = {school_id: version_id for school_id, version_id in rows if ruleset_get(version_id).round_plans}
    schools = School.objects.in_bulk(list(asked))
    return [(schools[school_id], version_id) for school_id, version_id in asked.items()]


def school_days(*, school: School, days: Sequence[date]) -> list[date]:
    """Return which of the days are school days by the school's calendar; without a calendar every day is."""
    if school.calendar_id is None:
        return list(days)
    rules = calendar_rules(calendar_id=school.calendar_id, zone=school.time_zone)
    return [day for day in days if rules.is_school_day(day)]


def units_asked(*, school: School) -> UnitsAsked:
    """Return the units of a school that plans can ask; one query."""
    return units_by_target(Unit.objects.filter(school=school).order_by("code"))


def rounds_ahead_lock(*, school: School, since: date) -> list[Round]:
    """Return a school's rounds from a day on, locked; of two that make its rounds at once the second waits."""
    School.objects.select_for_update(no_key=True).get(id=school.id)
    rounds = Round.objects.select_for_update(of=("self",), no_key=True).filter(school=school, day__gte=since)
    return list(rounds.order_by("id"))
