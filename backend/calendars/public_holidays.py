"""The public holidays of China and the weekend days worked in exchange, as the `holidays` library knows them. Pure.

The library knows every country, which takes ten MiB of each process that loads it; asked is it when a calendar is made.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.module_loading import import_string

COUNTRY_HOLIDAYS = "holidays.country_holidays"
EXCHANGES = "holidays.countries.china.ChinaStaticHolidays"
COUNTRY, LANGUAGE = "CN", "zh_CN"
SATURDAY = 5
LONGEST_NOTE = 120
DAY = timedelta(days=1)
MAKE_UP = "调休上班（补{day:%Y-%m-%d}）"


@dataclass(frozen=True, slots=True)
class PublicDay:
    """A day of the public table: free, or a weekend day worked as the weekday it makes up for."""

    works_as: int | None
    note: str


def holidays_known(*, year: int) -> bool:
    """Say whether the yearly notice on days off and make-up days is in the table.

    The statutory days of later years can be computed, but not which weekends are worked for them: such a year is not
    known, and a calendar must not pretend that it is.
    """
    return year in _notices()


def public_days(*, year: int) -> dict[date, PublicDay]:
    """Return every day of the year that differs from an ordinary week; nothing for a year that is not known.

    Weekend days that touch a holiday are free with it, also for those who work at weekends. A make-up day may belong
    to the notice of the next year (as in December 2001).
    """
    worked = {**_make_up_days(year), **_make_up_days(year + 1)}
    free = _free_days(year, worked) if holidays_known(year=year) else {}
    days = {**free, **{day: _make_up(instead_of) for day, instead_of in worked.items()}}
    return {day: days[day] for day in sorted(days) if day.year == year}


def _free_days(year: int, worked: Mapping[date, date]) -> dict[date, PublicDay]:
    table = import_string(COUNTRY_HOLIDAYS)(COUNTRY, years=year, language=LANGUAGE)
    named = {day: str(name)[:LONGEST_NOTE] for day, name in table.items() if day.year == year}
    for day in sorted(named):
        for step in (DAY, -DAY):
            beside = day + step
            while beside.weekday() >= SATURDAY and beside not in named and beside not in worked:
                named[beside] = named[day]
                beside += step
    return {day: PublicDay(None, note) for day, note in named.items()}


def _make_up_days(year: int) -> dict[date, date]:
    """Return the days worked by the notice of a year, each with the weekday that is free for it."""
    return {worked: free for free, worked in _exchanges(year)}


def _notices() -> Mapping[int, Sequence[Sequence[int]]]:
    """Return what the yearly notices exchange, by year."""
    notices: Mapping[int, Sequence[Sequence[int]]] = import_string(EXCHANGES).special_public_holidays
    return notices


def _exchanges(year: int) -> Iterator[tuple[date, date]]:
    for row in _notices().get(year, ()):
        match row:
            case (int(month), int(day), int(worked_month), int(worked_day)):
                yield date(year, month, day), date(year, worked_month, worked_day)
            case (int(month), int(day), int(worked_month), int(worked_day), int(worked_year)):
                yield date(year, month, day), date(worked_year, worked_month, worked_day)


def _make_up(instead_of: date) -> PublicDay:
    return PublicDay(instead_of.weekday(), MAKE_UP.format(day=instead_of))
