"""The faults of a plan of rounds that comes again within a day or goes over places. Pure."""

from collections.abc import Iterator, Mapping
from datetime import time, timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from backend.common.file_faults import Fault, Place, fault
from backend.rulebook.round_reading import again_read
from backend.rulebook.round_rules import ON_REQUEST, OVER_PLACES, TARGETS, RoundKind, Target, since_midnight, turns_of

MOST_PLACES, MOST_TURNS = 60, 24
SHORTEST = timedelta(minutes=30)
"""Turns come this far apart at least."""


def route_faults(place: Place, plan: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with kind, target, route and turns of a plan, each with the place where it stands."""
    kind = RoundKind(plan["kind"])
    if Target(plan["of"]) not in TARGETS[kind]:
        yield fault((*place, "of"), _("a plan of this kind is asked of something else."))
    if "route" in plan and kind not in OVER_PLACES:
        yield fault((*place, "route"), _("only a patrol or a leader's walk goes over places."))
    if kind in ON_REQUEST and ("route" in plan or "again" in plan or "only" in plan):
        yield fault(place, _("offices, places and times are named when it is asked for, and not in the plan."))
    if "route" not in plan and kind in OVER_PLACES - ON_REQUEST and not plan.get("switched_off", False):
        yield fault((*place, "route"), _("name the places that are walked over, or switch the plan off."))
    if "again" in plan:
        yield from _turn_faults((*place, "again"), plan)


def _turn_faults(place: Place, plan: Mapping[str, Any]) -> Iterator[Fault]:
    again = again_read(plan["again"])
    if again.every < max(SHORTEST, window_length(plan["opens"], plan["due"])):
        yield fault(
            (*place, "every"), _("a turn is due before the next one opens, half an hour later at the earliest.")
        )
    elif len(turns_of(time.fromisoformat(plan["opens"]), again)) > MOST_TURNS:
        yield fault((*place, "every"), _("a plan has 24 turns a day at most."))


def window_length(opens: str, due: str) -> timedelta:
    """Return how long a window from one time of a day until a later one is."""
    return since_midnight(time.fromisoformat(due)) - since_midnight(time.fromisoformat(opens))
