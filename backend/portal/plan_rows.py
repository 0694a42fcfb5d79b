"""The plans of rounds of a school in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.common.lists_in_words import listed_in_words
from backend.organisation.models import Unit
from backend.portal.rule_clocks import step_said
from backend.rulebook.gate_rules import Edge
from backend.rulebook.round_rules import RoundPlan, Target, since_midnight
from backend.rulebook.selectors import units_by_target

MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan with its times, whom it asks, and who hears where nobody answers."""

    plan: RoundPlan
    times: str
    asked: str
    steps: Sequence[str]
    is_empty: bool
    again: str
    route: str


def plan_lines(*, plans: Iterable[RoundPlan], units: Sequence[Unit], places: Mapping[str, str]) -> list[PlanLine]:
    """Return plans in words, for a school with these units, and places by code."""
    found = units_by_target(units)
    names: dict[UUID | None, str] = {unit.id: unit.name for unit in units}
    return [_line(plan, [names.get(unit, "") for unit in plan.asks(found)], places) for plan in plans]


def _line(plan: RoundPlan, asked: Sequence[str], places: Mapping[str, str]) -> PlanLine:
    if plan.is_on_request:
        whom = _("Switched off: nobody is asked.") if plan.is_off else _("Asked of the office that is chosen then")
        return PlanLine(plan, _("whenever somebody asks for it"), whom, steps_of(plan), plan.is_off, _comes(plan), "")
    return PlanLine(
        plan=plan,
        times=_times(plan),
        asked=_asked(plan, asked),
        steps=steps_of(plan),
        is_empty=not asked,
        again=_again(plan),
        route=_route(plan, places),
    )


def _times(plan: RoundPlan) -> str:
    late = _in_minutes(plan.late_after)
    if plan.around and plan.follows_hours:
        begins = plan.around.edge is Edge.BEGINS
        said = (
            _("from %(before)d minutes before school begins, within %(within)d, missing %(minutes)d minutes later")
            if begins
            else _("from %(before)d minutes before school ends, within %(within)d, missing %(minutes)d minutes later")
        )
        within = _in_minutes(since_midnight(plan.due) - since_midnight(plan.opens))
        times = said % {"before": _in_minutes(plan.around.before), "within": within, "minutes": late}
    else:
        said = _("from %(opens)s, by %(due)s, missing %(minutes)d minutes later")
        times = said % {"opens": f"{plan.opens:%H:%M}", "due": f"{plan.due:%H:%M}", "minutes": late}
    parts = [times, *([_("also on days without school")] if plan.every_day else [])]
    if plan.posts:
        parts.append(_("posts: %(posts)s") % {"posts": listed_in_words([post.name for post in plan.posts])})
    return _("; ").join(parts)


def _in_minutes(length: timedelta) -> int:
    return length // timedelta(minutes=1)


def steps_of(plan: RoundPlan) -> Sequence[str]:
    """Return the steps of a plan's ladder in words."""
    return [step_said(rung) for rung in plan.rungs]


def _again(plan: RoundPlan) -> str:
    if plan.again is None:
        return ""
    words = {
        "minutes": int(plan.again.every.total_seconds() // 60),
        "until": f"{plan.again.until:%H:%M}",
        "count": len(plan.turns),
    }
    if plan.is_over_night:
        said = _("again every %(minutes)d minutes, until %(until)s in the morning: %(count)d turns in the night")
    else:
        said = _("again every %(minutes)d minutes, until %(until)s: %(count)d turns a day")
    return said % words


def _comes(plan: RoundPlan) -> str:
    """Return in words when an inspection comes by itself."""
    comes = plan.comes
    if comes is None:
        return ""
    found = [
        _("at the start of each term") if comes.term else "",
        _("%(days)d days before holidays") % {"days": comes.holidays} if comes.holidays else "",
        _("each week from %(day)s on") % {"day": WEEKDAYS[comes.week - 1]} if comes.week else "",
        _("each month from day %(day)d on") % {"day": comes.month} if comes.month else "",
        _("each year from %(day)s on") % {"day": comes.year} if comes.year else "",
    ]
    times = _("; ").join(one for one in found if one)
    words = ngettext(
        "by itself %(times)s, within %(days)d day", "by itself %(times)s, within %(days)d days", comes.days
    )
    return words % {"times": times, "days": comes.days}


def _route(plan: RoundPlan, places: Mapping[str, str]) -> str:
    if not plan.goes_over_places:
        return ""
    if not plan.route:
        return _("No places are chosen yet.")
    return _("Over: %(places)s") % {"places": _(" → ").join(places.get(code, code) for code in plan.route)}


def _asked(plan: RoundPlan, asked: Sequence[str]) -> str:
    if plan.is_off:
        return _("Switched off: nobody is asked.")
    if not asked:
        return _("Nobody is asked: the school has none of these.")
    if plan.target is Target.SCHOOL:
        return _("Asked once for the whole school")
    if plan.only and len(asked) <= MOST_NAMED:
        return _("Asked of: %(units)s") % {"units": _("; ").join(asked)}
    if plan.target is Target.CLASSES:
        return ngettext("Asked of %(count)d class", "Asked of %(count)d classes", len(asked)) % {"count": len(asked)}
    return ngettext("Asked of %(count)d office", "Asked of %(count)d offices", len(asked)) % {"count": len(asked)}
