"""The words for the measures and the counts of a special period. Pure."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from backend.duty.words import KINDS
from backend.rulebook.period_rules import Measure, MeasureKind
from backend.rulebook.round_rules import RoundPlans


def measure_in_words(measure: Measure, plans: RoundPlans) -> str:
    """Return what a measure asks; a plan that the rules do not have any more is named by its code."""
    if measure.kind is MeasureKind.CLOCK:
        words = {"severities": _(", ").join(measure.severities), "percent": measure.percent}
        return _("Deadlines of %(severities)s keep %(percent)d %% of their time.") % words
    if measure.kind is MeasureKind.POST:
        words = {"shift": str(KINDS[measure.shift]), "people": measure.people}
        return _("%(shift)s: at least %(people)d people serve.") % words
    name = plans[measure.plan].name if measure.plan in plans else measure.plan
    said = [_("%(plan)s is held.") % {"plan": name}]
    if measure.every:
        said.append(_("Every %(minutes)d minutes.") % {"minutes": measure.every})
    if measure.until:
        said.append(_("The last one opens at %(time)s.") % {"time": f"{measure.until:%H:%M}"})
    if measure.due:
        said.append(_("Due by %(time)s already.") % {"time": f"{measure.due:%H:%M}"})
    return " ".join(said)


def counts_in_words(counts: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return the lines of a summary with their numbers."""
    decided = counts["decided"]
    return [
        (_("Reports"), counts["reported"]),
        (_("of these urgent or important"), counts["urgent"]),
        (_("Hazards found"), counts["hazards"]),
        (_("Near misses reported"), counts["near_misses"]),
        (_("Still open"), counts["still_open"]),
        (_("of these overdue"), counts["overdue"]),
        (_("Rounds asked for"), counts["rounds"]),
        (_("answered in time"), counts["in_time"]),
        (_("answered late"), counts["late"]),
        (_("not answered"), counts["missing"]),
        (_("Decided before it: to be done first"), decided.get("now", 0)),
        (_("Decided before it: kept safe meanwhile"), decided.get("interim", 0)),
        (_("Decided before it: goes on as it is"), decided.get("goes_on", 0)),
    ]
