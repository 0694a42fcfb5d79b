"""Working time against a brute force that looks at every minute, and its behaviour at the edges."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.calendars.rules import CalendarRules, Hours, Period, SpecialDay
from backend.calendars.working_time import (
    CalendarUnusable,
    HorizonReached,
    WorkingTime,
    WorkingTimeUnknown,
    working_time_compile,
)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OFFICE = (Hours(time(8), time(12)), Hours(time(13, 30), time(17, 30)))
ALL_DAY = (Hours(time.min, time.min),)
MONDAY = date(2026, 3, 2)
DAYS_COMPILED = 12


def rules_of(**changes: object) -> CalendarRules:
    """Return an office's week in Shanghai, with changes."""
    fields: dict[str, object] = {
        "zone": "Asia/Shanghai",
        "published_until": date(2026, 12, 31),
        "weekly": dict.fromkeys(range(5), OFFICE),
        "periods": (),
        "days": {},
        **changes,
    }
    return CalendarRules(**fields)  # type: ignore[arg-type]


def compiled(rules: CalendarRules, *, first: date = MONDAY, days: int = 28) -> WorkingTime:
    """Compile some days from the first on."""
    return working_time_compile(rules=rules, version=1, first=first, last=first + (days - 1) * DAY)


def local(text: str, zone: str = "Asia/Shanghai") -> datetime:
    """Return an instant written as a wall clock shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


ALWAYS = rules_of(zone="Europe/Berlin", weekly=dict.fromkeys(range(7), ALL_DAY))
BY_NIGHT = rules_of(
    zone="Europe/Berlin",
    weekly=dict.fromkeys(range(7), (Hours(time(1), time(2, 20)), Hours(time(2, 30), time(2, 45)))),
)
"""Hours that begin and end between two and three, the hour that is skipped in March and shown twice in October."""


class MinuteByMinute:
    """The oracle: walks through every minute and asks the wall clock what it shows; knows no interval.

    Hours begin and end at the first minute of their day at which the wall clock shows their time or a later one.
    """

    def __init__(self, rules: CalendarRules, first: date, last: date) -> None:
        zone = ZoneInfo(rules.zone)
        self.begin = datetime.combine(first - DAY, time.min, tzinfo=UTC)
        count = ((last - first).days + 4) * 24 * 60
        self.walls = [(self.begin + minute * MINUTE).astimezone(zone) for minute in range(count)]
        self.starts = [index for index, wall in enumerate(self.walls) if self._shows_new_day(index, wall)]
        self.first_minute = {self.walls[index].date(): index for index in self.starts}
        self.works = bytearray(count)
        self.ends: dict[date, int] = {}
        for offset in range((last - first).days + 1):
            day = first + offset * DAY
            for hours in rules.hours_on(day):
                opens = self._first_at(day, hours.opens)
                closes = self._first_at(day + DAY, time.min) if hours.closes == time.min else None
                closes = self._first_at(day, hours.closes) if closes is None else closes
                self.works[opens:closes] = b"\1" * (closes - opens)
                if closes > opens:
                    self.ends[day] = max(self.ends.get(day, 0), closes)
        self.worked = [0, *accumulate(self.works)]
        self.first_known = self.first_minute[first]

    def _shows_new_day(self, index: int, wall: datetime) -> bool:
        return index == 0 or wall.date() > self.walls[index - 1].date()

    def _first_at(self, day: date, shown: time) -> int:
        start, end = self.first_minute[day], self.first_minute.get(day + DAY, len(self.walls))
        return next((index for index in range(start, end) if self.walls[index].time() >= shown), end)

    def add_minutes(self, start: datetime, work: int) -> datetime | None:
        """Return the earliest minute by which as many minutes are worked; None past the end."""
        index = (start - self.begin) // MINUTE
        found = bisect_left(self.worked, self.worked[index] + work)
        return self.begin + found * MINUTE if index >= self.first_known and found < len(self.worked) else None

    def end_of_day(self, start: datetime, days: int) -> datetime | None:
        """Return when the nth day with work after start's ends; None past the end."""
        index = (start - self.begin) // MINUTE
        later = sorted(day for day in self.ends if day > self.walls[index].date())
        known = index >= self.first_known and len(later) >= days
        return self.begin + self.ends[later[days - 1]] * MINUTE if known else None


def _hours() -> st.SearchStrategy[Hours]:
    minutes = st.integers(0, 24 * 12 - 1).map(lambda five: time(five // 12, five % 12 * 5))
    to_midnight = minutes.map(lambda opens: Hours(opens, time.min))
    within = st.tuples(minutes, minutes).filter(lambda two: two[0] != two[1]).map(lambda two: Hours(*sorted(two)))
    return st.one_of(within, within, to_midnight, st.sampled_from([*OFFICE, *ALL_DAY]))


def _weekly() -> st.SearchStrategy[dict[int, tuple[Hours, ...]]]:
    return st.dictionaries(st.integers(0, 6), st.lists(_hours(), max_size=3).map(tuple), max_size=7)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[CalendarRules, date]:
    """Draw a calendar and the first of the days to compile; nearly every window holds a change of clocks somewhere."""
    month, day = draw(st.sampled_from([(3, 4), (3, 24), (3, 31), (9, 30), (10, 23), (10, 27), (12, 28)]))
    first = date(draw(st.integers(2024, 2027)), month, day)
    inside = st.integers(0, DAYS_COMPILED - 1).map(lambda offset: first + offset * DAY)
    special = st.one_of(
        st.just(SpecialDay()),
        st.integers(0, 6).map(lambda weekday: SpecialDay(works_as=weekday)),
        _hours().map(lambda hours: SpecialDay(hours=hours)),
    )
    begins, ends = sorted((draw(inside), draw(inside)))
    zones = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut"]
    rules = rules_of(
        zone=draw(st.sampled_from(zones)),
        weekly=draw(_weekly()),
        periods=(Period(begins, ends, draw(_weekly())),) if draw(st.booleans()) else (),
        days=draw(st.dictionaries(inside, special, max_size=4)),
    )
    return rules, first


QUESTIONS = st.lists(
    st.tuples(st.integers(-600, (DAYS_COMPILED + 1) * 1440), st.integers(1, 3000), st.integers(1, 8)),
    min_size=30,
    max_size=30,
)


def or_none(ask: object, *arguments: object) -> datetime | None:
    """Return what the arithmetic answers, None where it reaches its horizon."""
    try:
        answer: datetime = ask(*arguments)  # type: ignore[operator]
    except HorizonReached:
        return None
    return answer


@settings(max_examples=60, deadline=None)
@example(calendar=(ALWAYS, date(2026, 3, 24)), questions=[(5 * 1440 + 10 * tens, 90, 1) for tens in range(30)])
@example(calendar=(BY_NIGHT, date(2026, 3, 24)), questions=[(4 * 1440 + 97 * step, 50, 1) for step in range(30)])
@example(calendar=(BY_NIGHT, date(2026, 10, 20)), questions=[(4 * 1440 + 97 * step, 50, 2) for step in range(30)])
@given(calendar=calendars(), questions=QUESTIONS)
def test_every_answer_is_the_one_found_by_looking_at_every_minute(
    calendar: tuple[CalendarRules, date], questions: Sequence[tuple[int, int, int]]
) -> None:
    rules, first = calendar
    last = first + (DAYS_COMPILED - 1) * DAY
    working = working_time_compile(rules=rules, version=1, first=first, last=last)
    oracle = MinuteByMinute(rules, first, last)
    midnight = datetime.combine(first, time.min, tzinfo=UTC)
    for offset, work, days in questions:
        start = midnight + offset * MINUTE
        assert or_none(working.add_hours, start, work * MINUTE) == oracle.add_minutes(start, work), (start, work)
        assert or_none(working.end_of_working_day, start, days) == oracle.end_of_day(start, days), (start, days)


@given(first=st.integers(0, 20 * 1440), one=st.integers(1, 600), other=st.integers(1, 600), second=st.integers(0, 59))
@settings(max_examples=150, deadline=None)
def test_work_adds_up_and_never_runs_backwards(first: int, one: int, other: int, second: int) -> None:
    working = compiled(rules_of(), days=60)
    start = local("2026-03-02T00:00") + first * MINUTE + timedelta(seconds=second, microseconds=second)
    together = working.add_hours(start, (one + other) * MINUTE)
    assert working.add_hours(working.add_hours(start, one * MINUTE), other * MINUTE) == together
    assert start < working.add_hours(start, one * MINUTE) < together
    assert together <= working.add_hours(start + MINUTE, (one + other) * MINUTE)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-03-02T08:00", 4, "2026-03-02T12:00"),
        ("2026-03-02T07:59:59.999999", 4, "2026-03-02T12:00"),
        ("2026-03-02T12:00", 4, "2026-03-02T17:30"),
        ("2026-03-02T11:59:59.999999", 4, "2026-03-02T17:29:59.999999"),
        ("2026-03-02T13:30", 4, "2026-03-02T17:30"),
        ("2026-03-02T17:30", 4, "2026-03-03T12:00"),
        ("2026-03-06T17:00", 4, "2026-03-09T11:30"),
        ("2026-03-07T03:00", 8, "2026-03-09T17:30"),
    ],
)
def test_the_opening_counts_and_work_that_ends_with_the_day_is_due_at_its_closing(
    start: str, hours: int, due: str
) -> None:
    assert compiled(rules_of()).add_hours(local(start), hours * HOUR) == local(due)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-03-02T00:00", 1, "2026-03-03T17:30"),
        ("2026-03-02T23:59", 1, "2026-03-03T17:30"),
        ("2026-03-06T17:30", 1, "2026-03-09T17:30"),
        ("2026-03-07T12:00", 1, "2026-03-09T17:30"),
        ("2026-03-08T23:59:59.999999", 5, "2026-03-13T17:30"),
    ],
)
def test_the_day_of_filing_never_counts_as_a_working_day(start: str, days: int, due: str) -> None:
    assert compiled(rules_of()).end_of_working_day(local(start), days) == local(due)


def test_special_days_come_before_periods_and_these_before_the_week() -> None:
    duty = {weekday: (Hours(time(9), time(11)),) for weekday in range(5)}
    rules = rules_of(
        periods=(Period(date(2026, 3, 9), date(2026, 3, 15), duty),),
        days={
            date(2026, 3, 4): SpecialDay(),
            date(2026, 3, 6): SpecialDay(hours=Hours(time(8), time(12))),
            date(2026, 3, 7): SpecialDay(works_as=2),
            date(2026, 3, 14): SpecialDay(works_as=2),
        },
    )
    working = compiled(rules)
    ends = [working.end_of_working_day(local("2026-03-03T10:00"), days) for days in range(1, 10)]
    expected = ["05T17:30", "06T12:00", "07T17:30", "09T11:00", "10T11:00", "11T11:00", "12T11:00", "13T11:00"]
    assert ends == [local(f"2026-03-{text}") for text in [*expected, "14T11:00"]]


def test_a_night_is_as_long_as_the_clocks_make_it() -> None:
    """In Berlin the night of 29 March has 23 hours of a day, that of 25 October 25; and noon stays noon."""
    nights = compiled(rules_of(zone="Europe/Berlin", weekly=dict.fromkeys(range(7), ALL_DAY)), days=365)
    for day, hours in (("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)):
        midnight = local(f"{day}T00:00", "Europe/Berlin")
        assert nights.add_hours(midnight, hours * HOUR) == nights.end_of_working_day(midnight - HOUR, 1)
    office = compiled(rules_of(zone="Europe/Berlin"), days=365)
    for filed, due in (("2026-03-27T17:00", "2026-03-30T11:30"), ("2026-10-23T17:00", "2026-10-26T11:30")):
        assert office.add_hours(local(filed, "Europe/Berlin"), 4 * HOUR) == local(due, "Europe/Berlin")


@pytest.mark.parametrize(
    ("start", "days"), [("2026-02-28T12:00", 1), ("2026-03-27T12:00", 1), ("2026-03-02T12:00", 99), ("2030-01-01", 1)]
)
def test_beyond_the_horizon_is_an_error_that_says_so(start: str, days: int) -> None:
    working = compiled(rules_of())
    for ask in (working.end_of_working_day, lambda start, days: working.add_hours(start, days * 8 * HOUR)):
        with pytest.raises(HorizonReached, match="compiled from 2026-03-02 to 2026-03-29; counting from 20"):
            ask(local(start), days)
    assert issubclass(HorizonReached, WorkingTimeUnknown)


def test_the_last_instant_before_the_horizon_is_still_known() -> None:
    working = compiled(rules_of())
    assert working.add_hours(local("2026-03-27T16:30"), HOUR) == local("2026-03-27T17:30")
    with pytest.raises(HorizonReached):
        working.add_hours(local("2026-03-27T16:30"), HOUR + timedelta(microseconds=1))


def test_a_calendar_without_hours_reaches_its_horizon_at_once() -> None:
    working = compiled(rules_of(weekly={}))
    with pytest.raises(HorizonReached):
        working.add_hours(local("2026-03-02T12:00"), HOUR)


def test_nothing_to_add_is_refused() -> None:
    working = compiled(rules_of())
    with pytest.raises(ValueError, match="longer than nothing"):
        working.add_hours(local("2026-03-02T12:00"), timedelta(0))
    with pytest.raises(ValueError, match="counted from one"):
        working.end_of_working_day(local("2026-03-02T12:00"), 0)


def test_times_after_the_last_published_day_are_provisional() -> None:
    working = compiled(rules_of(published_until=date(2026, 3, 13)))
    midnight = local("2026-03-14T00:00")
    assert not working.is_provisional(midnight)
    assert working.is_provisional(midnight + timedelta(microseconds=1))
    assert not compiled(rules_of(published_until=date.max)).is_provisional(local("2026-03-29T12:00"))


def test_an_unknown_time_zone_is_named() -> None:
    with pytest.raises(CalendarUnusable, match="'Mars/Olympus' is not a time zone"):
        compiled(rules_of(zone="Mars/Olympus"))
