"""The report of a month of one school: what its page and its paper show, in words. Pure but for the paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from backend.common.moments import day_in_words, moment_in, month_in_words
from backend.common.typesetting import paper_typeset
from backend.insights.selectors.extents import Reach
from backend.insights.shapes import Monthly, Tally
from backend.organisation.models import School
from backend.portal.charts import Chart
from backend.portal.figure_sections import key_numbers, sections_of
from backend.portal.figure_shapes import NONE, Addresses, Cell, Row, Section, share_in_words, time_in_words
from backend.rulebook.wording import Group
from backend.workflow.counted import Extent

TEMPLATE = Path(__file__).with_name("papers") / "month.typ"
SHOWN = ("filed", "late", "parts", "repeated", "confidential")
"""The parts of the page of figures that a month's report takes over, by their ids, in their order."""
NO_LISTS = Addresses("")


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the month, what it is, what else belongs to it, and the same of the month before."""

    value: str
    label: str
    beside: str
    before: str


@dataclass(frozen=True, slots=True)
class MonthShown:
    """A month of one school in words."""

    month: date
    title: str
    period: str
    scope: str
    """The offices that are counted; empty where it is the whole school."""
    counted: str
    numbers: Sequence[Number]
    sections: Sequence[Section]


def month_shown(*, monthly: Monthly, reach: Reach, school: School, now: datetime) -> MonthShown:
    """Return a month as its page and its paper show it."""
    figures = monthly.figures
    first = figures.period.first
    schools = {str(one.id): one.name for one in reach.schools}
    found = sections_of(figures=figures, by_school=reach.by_school, addresses=NO_LISTS, schools=schools)
    by_id = {section.id: section for section in found if section.id != "parts" or not reach.by_school}
    taken = [_without_lists(by_id[one]) for one in SHOWN if one in by_id]
    words = {"school": monthly.school.name, "month": month_in_words(first)}
    days = {"first": day_in_words(first), "last": day_in_words(figures.period.last)}
    return MonthShown(
        month=first,
        title=_("%(school)s: safety report for %(month)s") % words,
        period=_("Filed from %(first)s to %(last)s. Exercises are left out.") % days,
        scope=_scope(reach),
        counted=_("As counted on %(time)s.") % {"time": moment_in(at=now, zone=school.time_zone)},
        numbers=_numbers(figures.total, monthly.before),
        sections=[taken[0], groups_section(monthly.groups), *taken[1:]],
    )


def groups_section(groups: Mapping[Group, Tally]) -> Section:
    """Return each group of categories that something was reported of, with its own numbers."""
    rows = [
        Row(
            Cell(str(group.label)),
            [
                Cell(str(tally.filed)),
                Cell(time_in_words(tally.acknowledge.median)),
                Cell(time_in_words(tally.resolve.median)),
                Cell(share_in_words(tally, tally.overdue) or NONE),
                Cell(str(tally.open)),
            ],
        )
        for group, tally in groups.items()
        if tally.filed
    ]
    columns = (
        *(pgettext("of a group of categories", "What"), _("Filed"), _("Acknowledged within")),
        *(_("Solved within"), _("Missed"), pgettext("not closed", "Open")),
    )
    note = _("Times are those of half of the reports.")
    return Section("groups", gettext_lazy("By group of categories"), columns, rows, note=note)


def month_pdf(*, shown: MonthShown, now: datetime) -> bytes:
    """Return the report of a month as PDF."""
    data = {
        "period": shown.period,
        "scope": shown.scope,
        "counted": shown.counted,
        "numbers": [
            {"value": row.value, "label": row.label, "beside": row.beside, "before": row.before}
            for row in shown.numbers
        ],
        "sections": [_drawn(section) for section in shown.sections],
        "labels": {"none": _("None in this period."), "before": _("Previous month:")},
    }
    return paper_typeset(template=TEMPLATE, title=shown.title, data=data, now=now)


def month_of_text(text: str) -> date | None:
    """Return the first day of a month written like 2026-09; None for anything else."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == len("2026-09") else None
    except ValueError:
        return None


def month_before(day: date) -> date:
    """Return the first day of the month before that of a day."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_after(day: date) -> date:
    """Return the first day of the month after that of a day."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _scope(reach: Reach) -> str:
    if reach.countable.extent is not Extent.OFFICES:
        return ""
    return _("Counted are the reports of: %(offices)s.") % {"offices": _(", ").join(one.name for one in reach.offices)}


def _numbers(total: Tally, before: Tally) -> list[Number]:
    pairs = zip(
        key_numbers(total=total, addresses=NO_LISTS), key_numbers(total=before, addresses=NO_LISTS), strict=True
    )
    return [Number(now.value.words, str(now.label), now.beside, then.value.words) for now, then in pairs]


def _without_lists(section: Section) -> Section:
    rows = [Row(Cell(row.head.words), [Cell(cell.words) for cell in row.cells]) for row in section.rows]
    return replace(section, rows=rows)


def _drawn(section: Section) -> dict[str, Any]:
    return {
        "title": str(section.title),
        "columns": [str(column) for column in section.columns],
        "rows": [[row.head.words, *(cell.words for cell in row.cells)] for row in section.rows],
        "note": str(section.note),
        "chart": _chart(section.chart) if section.chart and section.rows else None,
    }


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "name": str(chart.name),
        "width": chart.width,
        "height": chart.height,
        "boxes": [[float(box.x), float(box.y), float(box.width), float(box.height), box.css] for box in chart.boxes],
        "labels": [[float(label.x), float(label.y), label.anchor, label.words] for label in chart.labels],
        "series": [[str(series.label), series.css] for series in chart.series],
    }
