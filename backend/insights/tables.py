"""Figures as tables of a file: the numbers as they are, lengths of time in minutes. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backend.insights.selectors.extents import Reach
from backend.insights.shapes import ConfidentialMonth, Figures, Repeated, Tally, Veiled
from backend.insights.sheets import Value
from backend.insights.veiling import Shown
from backend.rulebook.wording import Group


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its title, its headings and its lines."""

    title: str
    columns: Sequence[str]
    lines: Sequence[Sequence[Value]]


def figure_tables(*, figures: Figures, reach: Reach) -> Iterator[Table]:
    """Yield the tables of a file of figures."""
    tally = _tally_columns()
    weeks: list[list[Value]] = [[week, *_tally(each)] for week, each in figures.weeks.items()]
    yield Table(_("By week"), [_("Week from"), *tally], [*weeks, [_("Altogether"), *_tally(figures.total)]])
    part = _("School") if reach.by_school else pgettext("of a school", "Office")
    title = _("By school") if reach.by_school else _("By office")
    yield Table(title, [part, *tally], [[each.of.name, *_tally(each.tally)] for each in figures.parts])
    yield Table(
        _("Time in hand"),
        [part, _("Measured"), _("Half of them (min)"), _("Nine of ten (min)")],
        [[row.of.name, row.times.count, *map(_minutes, (row.times.median, row.times.p90))] for row in figures.hands],
    )
    ages = [_("Under a day"), _("1 to 7 days"), _("7 to 30 days"), _("30 to 90 days"), _("Over 90 days")]
    yield Table(
        _("Open now, by age"),
        [pgettext("a report, so long ago", "Filed"), pgettext("not closed", "Open")],
        list(zip(ages, figures.ages, strict=True)),
    )
    yield Table(
        _("By hour"),
        [_("Hour"), *_weekdays()],
        [[f"{hour:02d}:00", *(day[hour] for day in figures.hours)] for hour in range(24)],
    )
    yield _repeated(figures.repeated)
    yield _confidential(figures.confidential, reach)


def _tally_columns() -> list[str]:
    return [
        *(_("Filed"), _("Incidents"), _("Hazards"), _("Near misses")),
        *(_("Acknowledged"), _("Half acknowledged within (min)"), _("Nine of ten acknowledged within (min)")),
        *(_("Solved"), _("Half solved within (min)"), _("Nine of ten solved within (min)")),
        *(_("Missed a deadline"), _("Escalated"), _("Reopened"), _("Repeats at one place")),
        *(_("Still open"), _("Waiting for somebody outside"), _("Declined")),
    ]


def _tally(tally: Tally) -> list[Value]:
    return [
        *(tally.filed, tally.incidents, tally.hazards, tally.near_misses),
        *(tally.acknowledge.count, _minutes(tally.acknowledge.median), _minutes(tally.acknowledge.p90)),
        *(tally.resolve.count, _minutes(tally.resolve.median), _minutes(tally.resolve.p90)),
        *(tally.overdue, tally.escalated, tally.reopened, tally.repeats, tally.open, tally.waiting, tally.declined),
    ]


def _repeated(repeated: Sequence[Repeated]) -> Table:
    lines: list[list[Value]] = [
        [each.school.name, each.place.name, each.category.key, each.category.name, each.count] for each in repeated
    ]
    columns = [_("School"), _("Place"), _("Code"), _("Category"), _("Reports")]
    return Table(_("What repeats, and where"), columns, lines)


def _confidential(months: Sequence[ConfidentialMonth], reach: Reach) -> Table:
    schools = {str(school.id): school.name for school in reach.schools}
    names = schools if reach.by_school else {group.value: str(group.label) for group in Group}

    def line(month: ConfidentialMonth, name: str, each: Veiled) -> list[Value]:
        return [month.month, name, shown_in_words(each.shown), *map(_minutes, _halves(each))]

    lines = [
        line(month, name, each)
        for month in months
        for name, each in [*((names[each.key], each) for each in month.parts), (_("Altogether"), month.total)]
    ]
    columns = [
        *(_("Month from"), pgettext("school or group", "Of"), _("Filed")),
        *(_("Half acknowledged within (min)"), _("Half solved within (min)")),
    ]
    return Table(_("Confidential (K1, K2)"), columns, lines)


def _halves(each: Veiled) -> Sequence[timedelta | None]:
    return each.acknowledge.median, each.resolve.median


def shown_in_words(shown: Shown) -> str:
    """Return a number of confidential reports in words: at least so many, or that it is not shown."""
    if shown.count is None:
        return _("not shown")
    return _("%(count)d or more") % {"count": shown.count} if shown.or_more else str(shown.count)


def _minutes(length: timedelta | None) -> Value:
    return None if length is None else round(length.total_seconds() / 60)


def _weekdays() -> list[str]:
    return [
        *(pgettext("weekday, short", "Mon"), pgettext("weekday, short", "Tue"), pgettext("weekday, short", "Wed")),
        *(pgettext("weekday, short", "Thu"), pgettext("weekday, short", "Fri")),
        *(pgettext("weekday, short", "Sat"), pgettext("weekday, short", "Sun")),
    ]
