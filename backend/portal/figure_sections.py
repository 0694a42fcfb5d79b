"""Figures as a page shows them: key numbers, and sections of a chart with the table that says the same. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from backend.common.moments import day_short
from backend.insights.behind import What
from backend.insights.shapes import Figures, Tally, Times
from backend.portal.charts import Chart, Series, grid, stacked_bars
from backend.portal.figure_shapes import (
    NONE,
    Addresses,
    Cell,
    KeyNumber,
    Row,
    Section,
    Text,
    share_in_words,
    time_in_words,
)
from backend.portal.figure_tables import (
    confidential_section,
    group_names,
    hands_section,
    parts_section,
    repeated_section,
)

AGES: Sequence[Text] = (
    gettext_lazy("Under a day"),
    gettext_lazy("1 to 7 days"),
    gettext_lazy("7 to 30 days"),
    gettext_lazy("30 to 90 days"),
    gettext_lazy("Over 90 days"),
)


WEEKDAYS_SHORT: Sequence[Text] = (
    pgettext_lazy("weekday, short", "Mon"),
    pgettext_lazy("weekday, short", "Tue"),
    pgettext_lazy("weekday, short", "Wed"),
    pgettext_lazy("weekday, short", "Thu"),
    pgettext_lazy("weekday, short", "Fri"),
    pgettext_lazy("weekday, short", "Sat"),
    pgettext_lazy("weekday, short", "Sun"),
)


def key_numbers(*, total: Tally, addresses: Addresses) -> list[KeyNumber]:
    """Return the numbers of the whole period."""
    of = addresses.of
    return [
        KeyNumber(of(total.filed, What.FILED), gettext_lazy("Reports filed")),
        KeyNumber(
            Cell(time_in_words(total.acknowledge.median)), _("Half acknowledged within"), _nine(total.acknowledge)
        ),
        KeyNumber(Cell(time_in_words(total.resolve.median)), _("Half solved within"), _nine(total.resolve)),
        KeyNumber(of(total.overdue, What.OVERDUE), _("Missed a deadline"), share_in_words(total, total.overdue)),
        KeyNumber(of(total.escalated, What.ESCALATED), _("Escalated"), share_in_words(total, total.escalated)),
        KeyNumber(of(total.reopened, What.REOPENED), _("Reopened"), share_in_words(total, total.reopened)),
        KeyNumber(of(total.repeats, What.REPEATS), _("Repeats at one place"), share_in_words(total, total.repeats)),
        KeyNumber(
            of(total.near_misses + total.hazards, What.EARLY),
            _("Near misses and hazards"),
            share_in_words(total, total.near_misses + total.hazards),
        ),
        KeyNumber(of(total.open, What.OPEN), _("Still open")),
        KeyNumber(of(total.waiting, What.WAITING), _("Waiting for somebody outside")),
        KeyNumber(of(total.declined, What.DECLINED), _("Declined"), share_in_words(total, total.declined)),
    ]


def sections_of(
    *, figures: Figures, by_school: bool, addresses: Addresses, schools: Mapping[str, str]
) -> list[Section]:
    """Return the parts of the page in their order."""
    return [
        _filed(figures.weeks, addresses),
        _times("acknowledge", gettext_lazy("Time until acknowledged, by week of filing"), figures.weeks),
        _times("resolve", gettext_lazy("Time until solved, by week of filing"), figures.weeks),
        _late(figures.weeks, addresses),
        _ages(figures.ages, addresses),
        _hours(figures.hours, addresses),
        repeated_section(figures.repeated, by_school=by_school, addresses=addresses),
        parts_section(figures, by_school=by_school, addresses=addresses),
        hands_section(figures, by_school=by_school),
        confidential_section(figures.confidential, schools if by_school else group_names()),
    ]


def _filed(weeks: Mapping[date, Tally], addresses: Addresses) -> Section:
    kinds = (
        (gettext_lazy("Incidents"), "bar-1", [float(each.incidents) for each in weeks.values()]),
        (gettext_lazy("Hazards"), "bar-2", [float(each.hazards) for each in weeks.values()]),
        (gettext_lazy("Near misses"), "bar-3", [float(each.near_misses) for each in weeks.values()]),
    )
    rows = [
        Row(
            Cell(day_short(week)),
            [
                addresses.of(each.filed, What.FILED, week=week.isoformat()),
                addresses.of(each.incidents, What.INCIDENTS, week=week.isoformat()),
                addresses.of(each.hazards, What.HAZARDS, week=week.isoformat()),
                addresses.of(each.near_misses, What.NEAR_MISSES, week=week.isoformat()),
            ],
        )
        for week, each in reversed(list(weeks.items()))
    ]
    title = gettext_lazy("Reports filed, by week")
    columns: list[Text] = [_("Week from"), pgettext("reports", "All"), *(label for label, _css, _values in kinds)]
    highest = max(each.filed for each in weeks.values())
    return Section("filed", title, columns, rows, _bars(title, weeks, kinds, str(highest)))


def _times(name: str, title: Text, weeks: Mapping[date, Tally]) -> Section:
    found: list[Times] = [getattr(each, name) for each in weeks.values()]
    halves = [_seconds(each.median) for each in found]
    rest = [max(0.0, _seconds(each.p90) - half) for each, half in zip(found, halves, strict=True)]
    parts = ((_("Half of them"), "bar-1", halves), (_("Nine of ten"), "bar-pale", rest))
    rows = [
        Row(
            Cell(day_short(week)), [Cell(time_in_words(one.median)), Cell(time_in_words(one.p90)), Cell(str(one.count))]
        )
        for week, one in reversed(list(zip(weeks, found, strict=True)))
    ]
    columns = (_("Week from"), _("Half of them"), _("Nine of ten"), _("Measured"))
    longest = max((each.p90 for each in found if each.p90), default=None)
    return Section(name, title, columns, rows, _bars(title, weeks, parts, time_in_words(longest)))


def _late(weeks: Mapping[date, Tally], addresses: Addresses) -> Section:
    """Show what missed a deadline and what went up; what an office cannot solve goes up without missing one."""
    shares = [(each.share(each.escalated) or 0.0, each.share(each.overdue) or 0.0) for each in weeks.values()]
    parts = (
        (_("Escalated"), "bar-red", [up for up, _late in shares]),
        (_("Only missed a deadline"), "bar-amber", [max(late - up, 0.0) for up, late in shares]),
    )
    rows = [
        Row(
            Cell(day_short(week)),
            [
                addresses.of(each.overdue, What.OVERDUE, week=week.isoformat()),
                Cell(share_in_words(each, each.overdue) or NONE),
                addresses.of(each.escalated, What.ESCALATED, week=week.isoformat()),
                addresses.of(each.reopened, What.REOPENED, week=week.isoformat()),
                addresses.of(each.repeats, What.REPEATS, week=week.isoformat()),
            ],
        )
        for week, each in reversed(list(weeks.items()))
    ]
    title = gettext_lazy("Missed deadlines, what came back and what repeats, by week")
    columns = (
        *(_("Week from"), _("Missed"), _("Share"), _("Went up")),
        *(_("Reopened"), pgettext("of the same at one place", "Repeats")),
    )
    highest = max(map(max, shares), default=0.0)
    return Section("late", title, columns, rows, _bars(title, weeks, parts, f"{highest:.0%}"))


def _ages(ages: Sequence[int], addresses: Addresses) -> Section:
    title = gettext_lazy("Open now, by age")
    labels = [str(label) for label in AGES]
    chart = stacked_bars(
        name=title,
        places=["<1", "1–7", "7–30", "30–90", ">90"],
        series=[Series(pgettext("not closed", "Open"), "bar-1", [float(count) for count in ages])],
        top=str(max(ages)),
    )
    rows = [
        Row(Cell(label), [addresses.of(count, What.OPEN, age=str(number))])
        for number, (label, count) in enumerate(zip(labels, ages, strict=True))
    ]
    return Section(
        "ages",
        title,
        (pgettext("a report, so long ago", "Filed"), pgettext("not closed", "Open")),
        rows,
        chart,
        _("Whenever it was filed; the chart counts days."),
    )


def _hours(hours: Sequence[Sequence[int]], addresses: Addresses) -> Section:
    title = gettext_lazy("When reports are filed, by weekday and hour")
    days = [str(day) for day in WEEKDAYS_SHORT]

    def cell(day: int, hour: int) -> Cell:
        return addresses.of(hours[day][hour], What.FILED, weekday=str(day + 1), hour=str(hour))

    rows = [Row(Cell(f"{hour:02d}:00"), [cell(day, hour) for day in range(len(days))]) for hour in range(24)]
    return Section("hours", title, (_("Hour"), *days), rows, grid(name=title, rows=days, values=hours), is_folded=True)


def _bars(
    title: Text, weeks: Mapping[date, Tally], parts: Sequence[tuple[Text, str, Sequence[float]]], top: str
) -> Chart:
    series = [Series(label, css, values) for label, css, values in parts]
    return stacked_bars(name=title, places=[day_short(week) for week in weeks], series=series, top=top)


def _nine(times: Times) -> str:
    return "" if times.p90 is None else _("nine of ten within %(time)s") % {"time": time_in_words(times.p90)}


def _seconds(length: timedelta | None) -> float:
    return 0.0 if length is None else length.total_seconds()
