"""The shapes of figures: periods, tallies, and what a board shows of them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from backend.common.named import localised
from backend.insights.veiling import Shown
from backend.rulebook.wording import Group

WEEK = timedelta(days=7)
USUAL_WEEKS, LONGEST_WEEKS = 12, 53
DAYS, HOURS = 7, 24
AGES = (timedelta(days=1), WEEK, timedelta(days=30), timedelta(days=90))
"""The bounds between the ages of what is open."""
REPEATS_WITHIN = timedelta(days=30)
"""A report about the same category at the same place within this time is a repeat."""
MOST_REPEATS = 10
MOST_LISTED = 200
"""The most tickets behind a number that are listed."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, by the calendar of each school; the last one belongs to it."""

    first: date
    last: date

    @property
    def after(self) -> date:
        """The day after it."""
        return self.last + timedelta(days=1)

    @property
    def weeks(self) -> list[date]:
        """The Monday of every week of which a day belongs to it."""
        monday = self.first - timedelta(days=self.first.weekday())
        return [monday + number * WEEK for number in range((self.last - monday).days // 7 + 1)]


def weeks_until(*, today: date, weeks: int) -> Period:
    """Return the period of so many weeks of which the last is that of today, up to today."""
    monday = today - timedelta(days=today.weekday())
    return Period(monday - (weeks - 1) * WEEK, today)


def month_of(*, year: int, month: int) -> Period:
    """Return the period of a month."""
    first = date(year, month, 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    return Period(first, following - timedelta(days=1))


def months_of(period: Period) -> list[Period]:
    """Return every calendar month, as a whole, of which a day belongs to a period."""
    months = [month_of(year=period.first.year, month=period.first.month)]
    while months[-1].last < period.last:
        months.append(month_of(year=months[-1].after.year, month=months[-1].after.month))
    return months


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A choice among all that a reader may count: a school, an office, a group of categories."""

    school: UUID | None = None
    office: UUID | None = None
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """The time from filing until something happened: for how many tickets, within what for half and for nine of ten."""

    count: int
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True, slots=True)
class Tally:
    """The numbers of some tickets, all as they are now."""

    filed: int
    incidents: int
    hazards: int
    near_misses: int
    acknowledge: Times
    resolve: Times
    overdue: int
    escalated: int
    reopened: int
    repeats: int
    open: int
    waiting: int
    declined: int

    def share(self, part: int) -> float | None:
        """Return a part of what was filed as a number from 0 to 1; None where nothing was."""
        return part / self.filed if self.filed else None


NO_TIMES = Times(0, None, None)
NOTHING = Tally(0, 0, 0, 0, NO_TIMES, NO_TIMES, 0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Named:
    """A name in both languages, and what it is the name of: an id, or a category's code."""

    key: str
    name_zh: str
    name_en: str

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return localised(self, "name")


@dataclass(frozen=True, slots=True)
class Part:
    """A school or an office with the tally of its tickets."""

    of: Named
    tally: Tally


@dataclass(frozen=True, slots=True)
class InHand:
    """The time for which an office (for the bureau: an office of a school) had tickets that it has no more."""

    of: Named
    times: Times


@dataclass(frozen=True, slots=True)
class Repeated:
    """A category that was reported several times at one place, how often in the period, and when last."""

    school: Named
    place: Named
    category: Named
    count: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Veiled:
    """The number of confidential reports under one heading as it may be shown, with its times."""

    key: str
    shown: Shown
    acknowledge: Times
    resolve: Times


@dataclass(frozen=True, slots=True)
class ConfidentialMonth:
    """Confidential reports of a calendar month: altogether and by group of categories (for the bureau: by school).

    Of a month that is not over, numbers are rounded down to a multiple of five.
    """

    month: date
    is_over: bool
    total: Veiled
    parts: Sequence[Veiled]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a period. All but the last hold open reports (class K0) alone.

    `ages` are the numbers of those open now by age, whenever filed; `hours` of those filed by weekday and hour.
    `confidential` are the whole calendar months of which a day belongs to the period.
    """

    period: Period
    total: Tally
    weeks: Mapping[date, Tally]
    parts: Sequence[Part]
    hands: Sequence[InHand]
    ages: Sequence[int]
    hours: Sequence[Sequence[int]]
    repeated: Sequence[Repeated]
    confidential: Sequence[ConfidentialMonth]


@dataclass(frozen=True, slots=True)
class Monthly:
    """A month of one school: its figures, those of the month before to compare, and by group of categories."""

    school: Named
    figures: Figures
    before: Tally
    groups: Mapping[Group, Tally]
