"""Working time beside a count of every single minute: over 100,000 drawn cases in zones all over the world.

The starts are drawn around every change of clocks and every make-up day of 2024 to 2027, at openings and closings and
one microsecond beside them, in half days, terms and duty hours, and past the horizon on both sides. The count of
minutes follows docs/working-time.md and knows nothing of the engine.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from backend.calendars.public_holidays import holidays_known, public_days
from backend.calendars.rules import CalendarRules, Hours, Period, SpecialDay, WeeklyTemplate
from backend.calendars.working_time import HorizonReached, WorkingTime, working_time_compile
from tools.prove.simulate.minutes import SchoolMinutes

FIRST, LAST = date(2024, 1, 1), date(2027, 12, 31)
YEARS = range(FIRST.year, LAST.year + 1)
ZONES = {
    "Asia/Shanghai": 0,
    "Europe/Berlin": 8,
    "America/New_York": 8,
    "Australia/Lord_Howe": 8,
    "Pacific/Apia": 0,
    "Pacific/Chatham": 8,
    "Africa/Cairo": 8,
    "Antarctica/Troll": 8,
}
"""Changes of the clocks in the four years: on Lord Howe by half an hour, in Cairo at midnight, in Troll by two."""
BOUNDS = "compiled from 2024-01-01 to 2027-12-31"
CASES = 6_300
HOUR, DAY, MICROSECOND = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)
BESIDE = (timedelta(0), MICROSECOND, -MICROSECOND)
PUBLISHED = [year for year in YEARS if holidays_known(year=year)]


def office() -> dict[str, Any]:
    """Return a school's calendar: two stretches a day, summers on duty, half days, and China's days off and made up."""
    own: list[dict[str, Any]] = [
        {"first": f"{year}-{day}", "opens": "08:00", "closes": "12:00"} for year in YEARS for day in ("04-24", "10-30")
    ]
    public = {day: known for year in PUBLISHED for day, known in public_days(year=year).items()}
    taken = {row["first"] for row in own}
    for day, known in public.items():
        if day.isoformat() not in taken:
            works_as: dict[str, Any] = {} if known.works_as is None else {"works_as": known.works_as}
            own.append({"first": day.isoformat(), **works_as})
    duty = [{"weekdays": [0, 1, 2, 3, 4], "opens": "09:00", "closes": "11:00"}]
    return {
        "hours": [
            {"weekdays": [0, 1, 2, 3, 4], "opens": "08:00", "closes": "12:00"},
            {"weekdays": [0, 1, 2, 3, 4], "opens": "13:30", "closes": "17:30"},
        ],
        "periods": [{"first": f"{year}-07-11", "last": f"{year}-08-31", "hours": duty} for year in YEARS],
        "days": own,
    }


def night() -> dict[str, Any]:
    """Return a night watch, which works while clocks are changed."""
    spans = (("00:00", "00:20"), ("00:45", "02:20"), ("02:30", "02:45"), ("23:10", "24:00"))
    return {
        "hours": [{"weekdays": list(range(7)), "opens": opens, "closes": closes} for opens, closes in spans],
        "days": [{"first": f"{year}-06-01", "opens": "00:00", "closes": "24:00"} for year in YEARS],
    }


CALENDARS = {"office": office, "night": night}


def compiled(document: Mapping[str, Any], zone: str) -> WorkingTime:
    """Compile a document as the engine does."""
    rules = CalendarRules(
        zone=zone,
        published_until=date(max(PUBLISHED), 12, 31),
        weekly=_weekly(document["hours"]),
        periods=tuple(
            Period(date.fromisoformat(row["first"]), date.fromisoformat(row["last"]), _weekly(row["hours"]))
            for row in document.get("periods", ())
        ),
        days={date.fromisoformat(row["first"]): _special(row) for row in document["days"]},
    )
    return working_time_compile(rules=rules, version=1, first=FIRST, last=LAST)


def _weekly(rows: list[Mapping[str, Any]]) -> WeeklyTemplate:
    return {day: tuple(_hours(row) for row in rows if day in row["weekdays"]) for day in range(7)}


def _special(row: Mapping[str, Any]) -> SpecialDay:
    return SpecialDay(works_as=row.get("works_as"), hours=_hours(row) if "opens" in row else None)


def _hours(row: Mapping[str, Any]) -> Hours:
    closes = time.min if row["closes"] == "24:00" else time.fromisoformat(row["closes"])
    return Hours(time.fromisoformat(row["opens"]), closes)


class Draws:
    """The drawn starts of one calendar: anywhere, at edges of work, about changes of clocks and made-up days."""

    def __init__(self, minutes: SchoolMinutes, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - nothing is kept secret by it
        self._begin = datetime.combine(FIRST, time.min, tzinfo=UTC)
        self._span = int((datetime.combine(LAST, time.min, tzinfo=UTC) - self._begin) / MICROSECOND)
        self._edges = minutes.edges()

    def cases(self, around: list[datetime]) -> Iterator[tuple[datetime, timedelta, int]]:
        """Yield starts with work to add and days to count; first several about each of the given instants."""
        for instant in around:
            for _ in range(12):
                yield self._case(instant + self.random.choice((-30, -4, -1, 1)) * self.random.random() * HOUR)
            yield from (self._case(instant + beside) for beside in BESIDE)
        for number in range(CASES - 15 * len(around)):
            if number % 3:
                yield self._case(self._begin + self.random.randrange(self._span) * MICROSECOND)
            else:
                yield self._case(self.random.choice(self._edges) + self.random.choice(BESIDE))

    def _case(self, start: datetime) -> tuple[datetime, timedelta, int]:
        random = self.random
        fine = timedelta(microseconds=random.randrange(1, 60 * 3600 * 10**6))
        work = random.choice((fine, random.randrange(1, 100) * HOUR, timedelta(minutes=random.randrange(1, 600))))
        # Nearly every start leads somewhere; now and then far past the horizon.
        days = random.choice((1, 1, 2, 5, 15, 40, 400))
        return start, work, days


def changes_of_clocks(minutes: SchoolMinutes) -> list[datetime]:
    """Return every instant of the four years at which the clocks of a calendar's zone changed."""
    return [
        later for (_, earlier), (later, now) in pairwise(minutes.offsets()) if earlier != now and later.year in YEARS
    ]


def made_up_days(zone: str) -> list[datetime]:
    """Return the openings of all days that are worked in exchange for another, in the year they are known for."""
    if zone != "Asia/Shanghai":
        return []
    days = [day for year in PUBLISHED for day, known in public_days(year=year).items() if known.works_as is not None]
    return [datetime.combine(day, time(0), tzinfo=UTC) for day in days]


def answers(working: WorkingTime, start: datetime, work: timedelta, days: int) -> list[datetime | None]:
    """Return what the engine says; None for the error that it does not know, which names what it knows."""
    found: list[datetime | None] = []
    asks: tuple[Callable[[], datetime], ...] = (
        lambda: working.add_hours(start, work),
        lambda: working.end_of_working_day(start, days),
    )
    for ask in asks:
        try:
            found.append(ask())
        except HorizonReached as error:
            found.append(None if BOUNDS in str(error) else start)
    return found


@pytest.mark.slow("tests/calendars/test_working_time_proof.py", after=1)
@pytest.mark.slow("tests/calendars/test_working_time_proof.py", after=2)
@pytest.mark.parametrize("zone", ZONES)
def test_the_engine_counts_as_somebody_who_looks_at_every_minute(zone: str) -> None:
    for name, document in CALENDARS.items():
        content, seed = document(), 2024 + len(zone) * 7 + len(name)
        minutes = SchoolMinutes(document=content, zone=zone, first=FIRST, last=LAST)
        working, draws = compiled(content, zone), Draws(minutes, seed)
        changes = changes_of_clocks(minutes)
        assert len(changes) == ZONES[zone]
        unknown, before = 0, None
        for start, work, days in draws.cases(changes + made_up_days(zone)):
            where = f"{zone} {name} seed {seed}: {start.isoformat()} + {work} / {days} days"
            wanted = [minutes.due_after(start, work), minutes.end_of_day(start, days)]
            assert answers(working, start, work, days) == wanted, where
            unknown += wanted.count(None)
            if minutes.knows(start) and before is not None:
                done = max(timedelta(0), minutes.worked_before(start) - minutes.worked_before(before))
                assert working.work_between(before, start) == done, where
            if wanted[0] is not None:
                # Adding and measuring are each other's opposite, also at edges.
                assert working.work_between(start, wanted[0]) == work, where
            before = start if minutes.knows(start) else before
        assert unknown > 100


def test_there_are_over_a_hundred_thousand_cases_and_every_made_up_day_is_among_them() -> None:
    assert CASES * len(ZONES) * len(CALENDARS) >= 100_000
    made_up = [day for year in PUBLISHED for day, known in public_days(year=year).items() if known.works_as is not None]
    assert {2024, 2025, 2026} <= set(PUBLISHED)
    assert {year: sum(day.year == year for day in made_up) for year in (2024, 2025, 2026)} == {
        2024: 8,
        2025: 5,
        2026: 6,
    }


def test_times_in_a_year_whose_days_off_nobody_published_are_provisional() -> None:
    """The notice on 2027 comes late in 2026; until the table has it, its weeks go on and all of it may change."""
    working = compiled(office(), "Asia/Shanghai")
    end_of_known = datetime(max(PUBLISHED), 12, 31, 16, tzinfo=UTC)
    assert not working.is_provisional(end_of_known)
    assert working.is_provisional(end_of_known + MICROSECOND)
    for year in set(YEARS) - set(PUBLISHED):
        assert public_days(year=year) == {} or all(known.works_as for known in public_days(year=year).values())
