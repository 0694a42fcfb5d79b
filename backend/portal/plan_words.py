"""Response plans in words: who is asked for each step, and what a plan lacks. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.organisation.roles import Role
from backend.response.models import ResponseTask
from backend.response.selectors.plans import Lack
from backend.rulebook.response_rules import ResponseStep
from backend.rulebook.ruleset import LEAD_GRADE

LACKS: Mapping[str, Promise] = {
    Lack.NOT_APPROVED: gettext_lazy("Not approved yet"),
    Lack.CHANGED: gettext_lazy("Written otherwise since it was approved"),
    Lack.EXPIRED: gettext_lazy("Its time is over"),
    Lack.NOBODY: gettext_lazy("For a step somebody else stands in: the post is vacant, or its people are away"),
}
"""The things a plan can lack, as pages say them."""
HOUR, DAY = 60, 1440


@dataclass(frozen=True, slots=True)
class StepSaid:
    """A step of a plan: when, who, what."""

    at: str
    who: str
    words: str


def lacks_said(lacks: Iterable[str]) -> Sequence[str]:
    """Return what a plan lacks."""
    return [str(LACKS[lack]) for lack in lacks]


def steps_said(steps: Iterable[ResponseStep], offices: Mapping[str, str]) -> Sequence[StepSaid]:
    """Return the steps of a plan; `offices` are the names of the school's units by their codes."""
    return [StepSaid(minutes_said(step.minutes), who_said(step, offices), step.words) for step in steps]


def who_said(step: ResponseStep, offices: Mapping[str, str]) -> str:
    """Return who is asked for a step."""
    if step.role:
        return str(Role(step.role).label)
    if step.each_class:
        return _("The teacher of each class")
    if step.office == LEAD_GRADE:
        return _("The grade group")
    return offices.get(step.office, step.office) or _("Whoever is there first")


def seat_said(task: ResponseTask) -> str:
    """Return the office, class or role that a step of a started plan is asked of."""
    return task.unit.name if task.unit else str(Role(task.role).label)


def minutes_said(minutes: int) -> str:
    """Return how long after the start, in words."""
    if not minutes:
        return _("At once")
    if minutes % DAY == 0:
        return ngettext("within %(count)d day", "within %(count)d days", minutes // DAY) % {"count": minutes // DAY}
    if minutes > HOUR and minutes % HOUR == 0:
        return ngettext("within %(count)d hour", "within %(count)d hours", minutes // HOUR) % {"count": minutes // HOUR}
    return ngettext("within %(count)d minute", "within %(count)d minutes", minutes) % {"count": minutes}
