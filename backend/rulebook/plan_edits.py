"""Changing the plans of rounds in a rulebook's content: the choice of a school, and what can be wrong with it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import reduce
from operator import or_
from typing import Any

from django.utils.translation import gettext_lazy as _

from backend.common.errors import Conflict, Invalid, NotFound
from backend.rulebook.clock_edits import NothingChanged
from backend.rulebook.fitting import ROUNDS, own_name
from backend.rulebook.recurring import Sort
from backend.rulebook.round_checks import MOST_PLANS
from backend.rulebook.round_reading import again_read
from backend.rulebook.round_rules import ON_REQUEST, OVER_PLACES, RoundKind, turns_of
from backend.rulebook.route_checks import MOST_TURNS, SHORTEST, window_length

LATEST = 120
"""The minutes after the time set within which a round has to count as missing."""
CHOSEN = frozenset({"switched_off", "only", "again", "route", "comes", "fixed_times", "every_day"})
"""The parts of a plan that are left out of it where nothing else is chosen."""
OWN_PLAN = "OWN_"
"""The codes of plans that a school adds begin so, and end with a number."""


class PlanTimesNotInOrder(Invalid):
    """A round would be due before it opens."""

    code = "plan_times_not_in_order"
    title = _("A round opens first and is due later on the same day.")


class PlanTooLate(Invalid):
    """A round would count as missing too late."""

    code = "plan_too_late"
    title = _("A round counts as missing two hours after its time at the latest.")


class PlanTurnsTooClose(Invalid):
    """A turn of a plan would open before the one before it is due, or there would be too many in a day."""

    code = "plan_turns_too_close"
    title = _("A turn is due before the next one opens. Turns come half an hour apart or more, 24 a day at most.")


class PlanTurnsIncomplete(Invalid):
    """A plan would come again without an end, or until a time without saying how often."""

    code = "plan_turns_incomplete"
    title = _("Say both: how often it comes again, and until when the last turn opens.")


class PlanWithoutPlaces(Invalid):
    """A patrol or a leader's walk would be held without a place to look at."""

    code = "plan_without_places"
    title = _("Choose the places that are walked over. Without any, nobody would know what was looked at.")


class PlanGoesOverNoPlaces(Invalid):
    """Places were chosen for a plan that is neither a patrol nor a walk."""

    code = "plan_goes_over_no_places"
    title = _("Only a patrol or a leader's walk goes over places.")


class PlanComesNot(Invalid):
    """A plan that is no inspection would come by the calendar, or an inspection at no time of the year."""

    code = "plan_comes_not"
    title = _("Only an inspection comes by the calendar. Say at which times of the year, and how many days it takes.")


class PlanFollowsNoHours(Invalid):
    """A plan that has no window around the school's hours was to follow them."""

    code = "plan_follows_no_hours"
    title = _("Only duty at the gate follows the beginning and end of school.")


class PostsAskedOnce(Invalid):
    """A plan with posts was to come again within a day."""

    code = "posts_asked_once"
    title = _("Posts at the gate are asked once in a window. Add a plan of your own for another window.")


class TooManyPlans(Conflict):
    """The rules have as many plans as they take."""

    code = "too_many_plans"
    title = _("There are as many plans as the rules take. Change one that is switched off.")


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """The choice of a school for a plan: whether it is held, its times, minutes until it is missing, and its units.

    No units stand for all of its target. Every how many minutes it comes again until when, and the places of its route,
    whether its times follow the school's hours, and whether it is held on days without school, stay as they are where
    they are None; 0 minutes stand for once a day. So do the times of the year at which an inspection `comes`, as a
    rulebook writes them; empty ones stand for none.
    """

    is_off: bool
    opens: time
    due: time
    late_after: int
    only: tuple[str, ...] = ()
    every: int | None = None
    until: time | None = None
    route: tuple[str, ...] | None = None
    comes: Mapping[str, Any] | None = None
    follows_hours: bool | None = None
    every_day: bool | None = None


def content_with_plan(content: Mapping[str, Any], code: str, choice: PlanChoice) -> dict[str, Any]:
    """Return the content with one plan as chosen; raise NotFound, or what is wrong with the choice."""
    plan = _plans(content).get(code)
    if plan is None:
        raise NotFound
    changed = _chosen(plan, choice)
    if changed == plan:
        raise NothingChanged
    return _with(content, code, changed)


def content_with_plan_added(
    content: Mapping[str, Any], *, like: str, name_zh: str, name_en: str, choice: PlanChoice
) -> tuple[str, dict[str, Any]]:
    """Return the code of a plan that asks the same as another one, by a name of its own, and the content with it."""
    plans = _plans(content)
    if like not in plans:
        raise NotFound
    if len(plans) >= MOST_PLANS:
        raise TooManyPlans
    code = next(code for code in map(f"{OWN_PLAN}{{}}".format, range(1, MOST_PLANS + 1)) if code not in plans)
    named = {**plans[like], "name": {"zh": name_zh, "en": name_en}}
    return code, _with(content, code, _chosen(named, choice))


def _plans(content: Mapping[str, Any]) -> Mapping[str, Any]:
    plans: Mapping[str, Any] = content.get(ROUNDS, {}).get("plans", {})
    return plans


def _with(content: Mapping[str, Any], code: str, plan: Mapping[str, Any]) -> dict[str, Any]:
    rounds = {**content[ROUNDS], "plans": {**_plans(content), code: plan}}
    return {**content, "name": own_name(content["name"]), ROUNDS: rounds}


def _chosen(plan: Mapping[str, Any], choice: PlanChoice) -> dict[str, Any]:
    times = {"opens": f"{choice.opens:%H:%M}", "due": f"{choice.due:%H:%M}", "late_after": f"{choice.late_after}m"}
    if times["opens"] >= times["due"]:
        raise PlanTimesNotInOrder(pointer="/due")
    if not 0 <= choice.late_after <= LATEST:
        raise PlanTooLate(pointer="/late_after")
    rest = {name: value for name, value in plan.items() if name not in CHOSEN}
    only = {"only": sorted(set(choice.only))} if choice.only else {}
    off = {"switched_off": True} if choice.is_off else {}
    beside = (_again(plan, choice), _route(plan, choice), _comes(plan, choice), _days(plan, choice))
    return reduce(or_, beside, {**rest, **times, **off, **only})


def _days(plan: Mapping[str, Any], choice: PlanChoice) -> dict[str, Any]:
    """Return whether a plan has fixed times where it could follow the hours of school, and is held on every day."""
    if choice.follows_hours and "around" not in plan:
        raise PlanFollowsNoHours(pointer="/follows_hours")
    is_fixed = plan.get("fixed_times", False) if choice.follows_hours is None else not choice.follows_hours
    every_day = plan.get("every_day", False) if choice.every_day is None else choice.every_day
    return {
        **({"fixed_times": True} if is_fixed and "around" in plan else {}),
        **({"every_day": True} if every_day else {}),
    }


def _again(plan: Mapping[str, Any], choice: PlanChoice) -> dict[str, Any]:
    stands = plan.get("again")
    if choice.every and "posts" in plan:
        raise PostsAskedOnce(pointer="/every")
    if choice.every is None and choice.until is None:
        chosen = stands
    elif choice.every == 0 and choice.until is None:
        chosen = None
    elif not choice.every or choice.until is None:
        raise PlanTurnsIncomplete(pointer="/until" if choice.every else "/every")
    else:
        chosen = {"every": f"{choice.every}m", "until": f"{choice.until:%H:%M}"}
    if chosen is None:
        return {}
    again = again_read(chosen)
    window = window_length(f"{choice.opens:%H:%M}", f"{choice.due:%H:%M}")
    if again.every < max(SHORTEST, window) or len(turns_of(choice.opens, again)) > MOST_TURNS:
        raise PlanTurnsTooClose(pointer="/every")
    return {"again": stands if stands and again_read(stands) == again else chosen}


def _route(plan: Mapping[str, Any], choice: PlanChoice) -> dict[str, Any]:
    goes_over_places = RoundKind(plan["kind"]) in OVER_PLACES - ON_REQUEST
    if choice.route and not goes_over_places:
        raise PlanGoesOverNoPlaces(pointer="/route")
    route = plan.get("route", []) if choice.route is None else list(dict.fromkeys(choice.route))
    if goes_over_places and not route and not choice.is_off:
        raise PlanWithoutPlaces(pointer="/route")
    return {"route": route} if route else {}


def _comes(plan: Mapping[str, Any], choice: PlanChoice) -> dict[str, Any]:
    comes = plan.get("comes", {}) if choice.comes is None else choice.comes
    is_said = "days" in comes and bool(set(Sort.values) & comes.keys())
    if comes and (RoundKind(plan["kind"]) is not RoundKind.INSPECTION or not is_said):
        raise PlanComesNot(pointer="/comes")
    return {"comes": dict(comes)} if comes else {}
