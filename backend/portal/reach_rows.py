"""The table of who is reached, in words: categories with the same answer share a row. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from uuid import UUID

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from backend.rulebook.ruleset import Category, Span
from backend.rulebook.selectors.reaching import CategoryReach, ReachTable
from backend.rulebook.steps_in_words import Spans, Told

HOUR = 3600
MOST_HOLES = 3


@dataclass(frozen=True, slots=True)
class ReachRow:
    """Some categories, the office that answers, who is told by day and by night, and the holes."""

    categories: tuple[str, ...]
    office: str
    by_day: tuple[str, ...]
    by_night: tuple[str, ...]
    hole: str


def reach_rows(*, table: ReachTable, zone: tzinfo) -> list[ReachRow]:
    """Return the rows of the table, those with holes first."""
    together: dict[tuple[str, tuple[str, ...], tuple[str, ...], str], list[str]] = {}
    for row in table.rows:
        answer = (
            row.office,
            steps_said(row.by_day, table.people),
            steps_said(row.by_night, table.people),
            _hole(row, table, zone),
        )
        together.setdefault(answer, []).append(category_said(row.category))
    rows = [ReachRow(tuple(names), *answer) for answer, names in together.items()]
    return sorted(rows, key=lambda row: not row.hole)


def category_said(category: Category) -> str:
    """Return the code and the name of a category in the reader's language."""
    is_english = (get_language() or "").startswith("en")
    return f"{category.code} {category.name_en if is_english else category.name_zh}"


def steps_said(steps: Sequence[Told], people: Mapping[UUID, str]) -> tuple[str, ...]:
    """Return each step as words: when, and who."""
    return tuple(_step(told, people) for told in steps)


def span_said(span: Span) -> str:
    """Return a length of time in words."""
    words = {
        "s": ngettext("%(n)d second", "%(n)d seconds", span.amount),
        "m": ngettext("%(n)d minute", "%(n)d minutes", span.amount),
        "h": ngettext("%(n)d hour", "%(n)d hours", span.amount),
        "d": ngettext("%(n)d day", "%(n)d days", span.amount),
    }
    working = {
        "h": ngettext("%(n)d working hour", "%(n)d working hours", span.amount),
        "d": ngettext("%(n)d working day", "%(n)d working days", span.amount),
    }
    return (working if span.working else words)[span.unit] % {"n": span.amount}


def _step(told: Told, people: Mapping[UUID, str]) -> str:
    between = pgettext("between words of a list", ", ")
    names = between.join(people[one] for one in told.people) or _("nobody")
    if told.within is None or told.after is None:
        return _("At once: %(names)s") % {"names": names}
    if told.after.amount == 0:
        return _("After %(within)s: %(names)s") % {"within": span_said(told.within), "names": names}
    words = {"within": span_said(told.within), "after": span_said(told.after), "names": names}
    return _("After %(within)s and %(after)s more: %(names)s") % words


def _hole(row: CategoryReach, table: ReachTable, zone: tzinfo) -> str:
    if not row.holes:
        return ""
    hours = _hours(row.holes)
    if hours == _hours(((table.since, table.until),)):
        return _("at every hour")
    times = [_("%(since)s until %(until)s") % {"since": _at(a, zone), "until": _at(b, zone)} for a, b in row.holes]
    more = [_("and at other times")] if len(times) > MOST_HOLES else []
    words = ngettext("%(hours)d hour: %(times)s", "%(hours)d hours: %(times)s", hours)
    return words % {"hours": hours, "times": "; ".join([*times[:MOST_HOLES], *more])}


def _hours(spans: Spans) -> int:
    return round(sum((until - since).total_seconds() for since, until in spans) / HOUR)


def _at(instant: datetime, zone: tzinfo) -> str:
    return f"{instant.astimezone(zone):%m-%d %H:%M}"
