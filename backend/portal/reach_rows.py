"""The table of who is reached, in words: one row for each office. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from uuid import UUID

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from backend.common.lists_in_words import listed_in_words
from backend.rulebook.ruleset import Category, Span
from backend.rulebook.selectors.reaching import CategoryReach, ReachTable
from backend.rulebook.steps_in_words import Spans, Told

HOUR = 3600
MOST_HOLES = 3


@dataclass(frozen=True, slots=True)
class ReachWay:
    """Some categories of an office, who is told of them by day and by night, and the holes."""

    categories: tuple[str, ...]
    by_day: tuple[str, ...]
    by_night: tuple[str, ...]
    hole: str

    @property
    def listed(self) -> str:
        """The categories as a list in words."""
        return names_said(self.categories)


@dataclass(frozen=True, slots=True)
class ReachRow:
    """An office, who hears at once by day of what it answers for, and the ways of its categories."""

    office: str
    count: int
    at_once: str
    ways: Sequence[ReachWay]
    waits: bool

    @property
    def has_hole(self) -> bool:
        """Whether a step of some category reaches nobody."""
        return any(way.hole for way in self.ways)


def reach_rows(*, table: ReachTable, zone: tzinfo) -> list[ReachRow]:
    """Return a row for each office, those with holes first; whoever has not accepted an invitation is marked."""
    names = {one: _name(name, one in table.coming) for one, name in table.people.items()}
    offices: dict[str, list[CategoryReach]] = {}
    for row in table.rows:
        offices.setdefault(_office(row), []).append(row)
    rows = [_row(office, found, names, table, zone) for office, found in offices.items()]
    return sorted(rows, key=lambda row: not row.has_hole)


def _row(
    office: str, found: Sequence[CategoryReach], names: Mapping[UUID, str], table: ReachTable, zone: tzinfo
) -> ReachRow:
    together: dict[tuple[tuple[str, ...], tuple[str, ...], str], list[str]] = {}
    for row in found:
        answer = (steps_said(row.by_day, names), steps_said(row.by_night, names), _hole(row, table, zone))
        together.setdefault(answer, []).append(category_said(row.category))
    ways = [ReachWay(tuple(categories), *answer) for answer, categories in together.items()]
    first = dict.fromkeys(person for row in found for told in row.by_day[:1] for person in told.people)
    return ReachRow(office, len(found), names_said(names[one] for one in first), ways, any(row.waits for row in found))


def names_said(names: Iterable[str]) -> str:
    """Return names as a list in words; without any, that it is nobody."""
    return listed_in_words(names) or _("nobody")


def _office(row: CategoryReach) -> str:
    words = {"office": row.office}
    return _("Each grade group, for example %(office)s") % words if row.speaks_for_others else row.office


def _name(name: str, is_coming: bool) -> str:
    return _("%(name)s (not yet)") % {"name": name} if is_coming else name


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
    names = names_said(people[one] for one in told.people)
    return step_said(within=told.within, after=told.after, names=names)


def step_said(*, within: Span | None, after: Span | None, names: str) -> str:
    """Return one step as words: how long after the time allowed somebody is told, and who; without a time, at once."""
    if within is None or after is None:
        return _("At once: %(names)s") % {"names": names}
    if after.amount == 0:
        return _("After %(within)s: %(names)s") % {"within": span_said(within), "names": names}
    words = {"within": span_said(within), "after": span_said(after), "names": names}
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
    return words % {"hours": hours, "times": _("; ").join([*times[:MOST_HOLES], *more])}


def _hours(spans: Spans) -> int:
    return round(sum((until - since).total_seconds() for since, until in spans) / HOUR)


def _at(instant: datetime, zone: tzinfo) -> str:
    return f"{instant.astimezone(zone):%m-%d %H:%M}"
