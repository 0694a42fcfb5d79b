"""The plans of rounds of a school in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.organisation.models import Unit
from backend.portal.rule_clocks import step_said
from backend.rulebook.round_rules import RoundPlan, Target
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


def plan_lines(*, plans: Iterable[RoundPlan], units: Sequence[Unit]) -> list[PlanLine]:
    """Return plans in words, for a school with these units."""
    found = units_by_target(units)
    names: dict[UUID | None, str] = {unit.id: unit.name for unit in units}
    return [_line(plan, [names.get(unit, "") for unit in plan.asks(found)]) for plan in plans]


def _line(plan: RoundPlan, asked: Sequence[str]) -> PlanLine:
    late = int(plan.late_after.total_seconds() // 60)
    words = _("from %(opens)s, by %(due)s, missing %(minutes)d minutes later")
    times = words % {"opens": f"{plan.opens:%H:%M}", "due": f"{plan.due:%H:%M}", "minutes": late}
    return PlanLine(plan, times, _asked(plan, asked), [step_said(rung) for rung in plan.rungs], not asked)


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
