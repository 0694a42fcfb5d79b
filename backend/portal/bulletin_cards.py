"""A weekly bulletin in words: the numbers, offices and lessons that its page and its paper show. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.common.moments import day_in_words, month_in_words
from backend.insights.models import BulletinContent
from backend.portal.cards import is_chinese
from backend.workflow.lessons import Lesson
from backend.workflow.models import Cause

COUNTS = {
    "filed": gettext_lazy("Reported in the week"),
    "incidents": gettext_lazy("Incidents"),
    "hazards": gettext_lazy("Hazards"),
    "near_misses": gettext_lazy("Near misses"),
    "solved": gettext_lazy("Of these solved"),
    "overdue": gettext_lazy("Of these overdue at some time"),
    "repeats": gettext_lazy("Of these reported before at the same place"),
}


@dataclass(frozen=True, slots=True)
class BulletinCard:
    """A bulletin as it is read."""

    bulletin: BulletinContent
    title: str
    facts: Sequence[tuple[str, str]]
    offices: Sequence[tuple[str, str]]
    ahead: Sequence[tuple[str, str]]
    lessons: Sequence[tuple[str, str]]


def week_title(week: date) -> str:
    """Return what the bulletin of a week is called."""
    return _("Week from %(day)s") % {"day": day_in_words(week)}


def bulletin_card(*, bulletin: BulletinContent, lessons: Sequence[Lesson]) -> BulletinCard:
    """Return a bulletin in words, with its lessons as they stand now."""
    numbers = bulletin.numbers
    return BulletinCard(
        bulletin=bulletin,
        title=week_title(bulletin.week),
        facts=list(_facts(numbers, bulletin.week)),
        offices=[(_name(row), _reported(row)) for row in numbers["parts"]],
        ahead=[(_name(row), _due(row)) for row in numbers["next"]],
        lessons=[(str(Cause(row.cause).label), row.lesson) for row in lessons],
    )


def _facts(numbers: Mapping[str, Any], week: date) -> Iterator[tuple[str, str]]:
    for name, label in COUNTS.items():
        yield str(label), str(numbers[name])
    rounds = numbers["rounds"]
    in_time = _("%(part)d of %(all)d") % {"part": rounds["in_time"], "all": rounds["asked"] - rounds["excused"]}
    yield _("Rounds answered in time"), in_time if rounds["asked"] else _("none were due")
    promises, month = numbers["promises"], {"month": month_in_words(week)}
    made = {"made": _in_steps(promises["promised"]), "kept": _in_steps(promises["kept"])}
    yield _("Dates promised in %(month)s") % month, _("%(made)s; kept so far: %(kept)s") % made
    before = {"month": month_in_words(date.fromisoformat(numbers["confidential"]["month"]))}
    yield _("Confidential reports in %(month)s") % before, _in_steps(numbers["confidential"]["count"])


def _in_steps(count: int | None) -> str:
    return _("fewer than 5") if count is None else _("%(count)d or more") % {"count": count}


def _name(row: Mapping[str, Any]) -> str:
    return str(row["name_zh" if is_chinese() else "name_en"])


def _reported(row: Mapping[str, Any]) -> str:
    return _("%(filed)d reported, %(overdue)d overdue at some time, %(open)d still open") % row


def _due(row: Mapping[str, Any]) -> str:
    return _("%(late)d overdue, %(soon)d due within a week") % row
