"""Rounds are made ahead from plans, calendar and offices; what has not opened follows every change of them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.calendars.models import Calendar, CalendarDay, CalendarPeriod, WorkingHours
from backend.deadlines.models import Timer
from backend.organisation.models import School, Unit
from backend.rounds.models import Round, RoundState
from backend.rounds.services.making import DAYS_AHEAD, rounds_make
from backend.rounds.tasks import make
from backend.rulebook.services import rulebook_activate, rulebook_load
from tests.rounds.conftest import at, opened, round_of
from tests.rounds.test_plans import PLAN, changed
from tests.world import OFFICES, World

pytestmark = pytest.mark.django_db
EVERY_DAY = range(7)


def calendar_of(school: School, *, weekdays: range = EVERY_DAY) -> Calendar:
    """Give a school a calendar that works on these weekdays."""
    calendar = Calendar.objects.create(name_zh="校历", name_en="Calendar", published_until=date(2030, 1, 1))
    for weekday in weekdays:
        WorkingHours.objects.create(calendar=calendar, weekday=weekday, opens=time(8), closes=time(17, 30))
    school.calendar = calendar
    school.save(update_fields=["calendar"])
    return calendar


def days_of(world: World) -> set[date]:
    """Return the days on which rounds of security are planned."""
    rows = Round.objects.filter(unit=world.home.units["security"], state=RoundState.PLANNED)
    return set(rows.values_list("day", flat=True))


def test_each_office_has_a_round_on_each_day_ahead_and_a_second_run_changes_nothing(live_world: World) -> None:
    first = rounds_make(now=live_world.now)
    assert first >= 2 * DAYS_AHEAD * len(OFFICES)
    row = round_of(live_world)
    assert (row.opens_at, row.due_at, row.late_at) == tuple(
        at(live_world, clock) for clock in ("12:00", "17:30", "18:00")
    )
    timer = Timer.objects.get(subject_kind="round", subject_id=row.id)
    assert timer.ladder[:3] == [row.opens_at, row.due_at, row.late_at]
    assert timer.ladder[-1] == row.late_at + timedelta(days=1)
    make()  # makes the inspections that come in these days as well
    made = Round.objects.count(), Timer.objects.count()
    assert made[0] == made[1] >= first
    make()
    assert (Round.objects.count(), Timer.objects.count()) == made


def test_a_school_that_is_being_set_up_or_has_no_plans_has_none(world: World) -> None:
    assert rounds_make(now=world.now) == 0
    content = changed(("rounds",), {"checklists": {}, "plans": {}})
    version, _created = rulebook_load(content=content, now=world.now)
    for site in (world.home, world.elsewhere):
        rulebook_activate(school=site.school, version=version, now=world.now)
    School.objects.update(live_at=world.now)
    assert rounds_make(now=world.now) == 0


def test_nothing_is_asked_for_a_time_that_is_over(live_world: World) -> None:
    evening = at(live_world, "17:30", days=0)
    rounds_make(now=evening)
    assert min(days_of(live_world)) == evening.date() + timedelta(days=1)


def test_only_school_days_have_rounds_and_a_changed_calendar_is_followed(live_world: World) -> None:
    calendar = calendar_of(live_world.school)
    tomorrow, later = (at(live_world, "12:00", days=days).date() for days in (1, 3))
    CalendarPeriod.objects.create(calendar=calendar, first=later, last=later + timedelta(days=30), note="寒假")
    rounds_make(now=live_world.now)
    assert {tomorrow, later} & days_of(live_world) == {tomorrow}

    CalendarDay.objects.create(calendar=calendar, day=tomorrow, note="放假")
    rounds_make(now=live_world.now)
    row = round_of(live_world)
    assert row.state == RoundState.DROPPED
    assert not Timer.objects.filter(subject_id=row.id, stopped_at__isnull=True).exists()
    assert rounds_make(now=live_world.now) == 0

    CalendarDay.objects.filter(day=tomorrow).delete()
    rounds_make(now=live_world.now)
    again = round_of(live_world)
    assert (again.id, again.state) == (row.id, RoundState.PLANNED)
    assert Timer.objects.get(subject_id=row.id, armed=True).epoch == 2


def test_a_make_up_day_within_the_holidays_is_a_school_day(live_world: World) -> None:
    calendar = calendar_of(live_world.school)
    day = at(live_world, "12:00", days=2).date()
    CalendarPeriod.objects.create(calendar=calendar, first=day, last=day + timedelta(days=30), note="寒假")
    CalendarDay.objects.create(calendar=calendar, day=day, opens=time(8), closes=time(12))
    rounds_make(now=live_world.now)
    assert max(days_of(live_world)) == day


def test_another_time_moves_what_has_not_opened_and_leaves_what_has(live_world: World) -> None:
    row = opened(live_world)
    noon = at(live_world, "12:00")
    version, _created = rulebook_load(content=changed((*PLAN, "due"), "16:00"), now=noon)
    rulebook_activate(school=live_world.school, version=version, now=noon)
    rounds_make(now=noon)
    row.refresh_from_db()
    later = round_of(live_world, days=2)
    assert (row.due_at, later.due_at) == (at(live_world, "17:30"), at(live_world, "16:00", days=2))
    assert (row.rulebook_id == version.id, later.rulebook_id) == (False, version.id)
    assert Timer.objects.get(subject_id=later.id, armed=True).ladder[1] == later.due_at


@pytest.mark.parametrize(("zone", "day"), [("Europe/London", date(2027, 3, 28)), ("Africa/Cairo", date(2027, 4, 30))])
def test_a_window_over_which_the_clocks_go_forward_is_as_long_as_ever(live_world: World, zone: str, day: date) -> None:
    """One such night, and none of the school's rounds were made for the whole week before it."""
    hour = 0 if zone == "Africa/Cairo" else 1
    content = changed((*PLAN, "opens"), f"0{hour}:10")
    content["rounds"]["plans"][PLAN[-1]]["due"] = f"0{hour}:40"
    version, _created = rulebook_load(content=content, now=live_world.now)
    rulebook_activate(school=live_world.school, version=version, now=live_world.now)
    School.objects.filter(id=live_world.school.id).update(time_zone=zone)
    rounds_make(now=datetime.combine(day - timedelta(days=2), time(12), UTC))
    row = Round.objects.get(unit=live_world.home.units["security"], day=day)
    gone_forward = datetime.combine(day, time(hour + 1), ZoneInfo(zone))
    assert (row.opens_at, row.due_at) == (gone_forward, gone_forward + timedelta(minutes=30))


def test_an_office_that_came_is_asked_and_one_that_became_a_grade_no_more(live_world: World) -> None:
    morning = at(live_world, "08:00")
    rounds_make(now=morning)
    canteen = Unit.objects.create(
        school=live_world.school, kind=Unit.Kind.OFFICE, code="canteen", name_zh="食堂", name_en="Canteen"
    )
    Unit.objects.filter(id=live_world.home.units["security"].id).update(kind=Unit.Kind.GRADE)
    rounds_make(now=morning)
    assert Round.objects.filter(unit=canteen, state=RoundState.PLANNED).exists()
    assert days_of(live_world) == set()


def test_a_hundred_offices_cost_as_many_statements_as_six(
    live_world: World, django_assert_max_num_queries: type
) -> None:
    Unit.objects.bulk_create(
        Unit(school=live_world.school, kind=Unit.Kind.OFFICE, code=f"o{n}", name_zh=f"{n}处", name_en=f"Office {n}")
        for n in range(100)
    )
    with django_assert_max_num_queries(24):
        assert rounds_make(now=live_world.now) > 700
