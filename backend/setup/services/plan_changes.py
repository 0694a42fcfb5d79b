"""Setting a plan of rounds of a school, or adding one: taken into use as a new version; what has not opened follows."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.common.errors import Invalid, NotFound
from backend.organisation.actors import Actor
from backend.organisation.models import Place, School
from backend.organisation.permissions import Permission
from backend.rounds.selectors.making import units_asked
from backend.rounds.services.campaigns import school_inspections_make
from backend.rounds.services.making import school_rounds_make
from backend.rulebook.plan_edits import PlanChoice, content_with_plan, content_with_plan_added
from backend.rulebook.reading import ruleset_from_content
from backend.rulebook.round_rules import RoundKind
from backend.rulebook.services import rulebook_activate, rulebook_activate_checked, rulebook_load, rulebook_lock

Edited = tuple[str, dict[str, Any]]
"""The code of a plan, and the content of a rulebook with it."""


class UnitsNotThere(Invalid):
    """A plan would be held for offices or classes that the school does not have."""

    code = "units_not_there"
    title = _("Choose offices or classes that your school has, of the kind that this is asked of.")


class PlacesNotThere(Invalid):
    """A plan would lead over places that the school does not have."""

    code = "places_not_there"
    title = _("Choose places that your school has.")


@transaction.atomic
def plan_change(
    *, actor: Actor, school: School, code: str, choice: PlanChoice, seen: int | None, now: datetime
) -> None:
    """Make the school's rounds by rules in which one plan is as chosen.

    `seen` is the version that the choice was made from. Raises NotAdministrator, NotFound, RulebookChanged,
    RulebookReachesNobody, or what is wrong with the choice.
    """
    actor.require(Permission.CONFIGURATION_WRITE)
    _take_up(actor, school, seen, lambda content: (code, content_with_plan(content, code, choice)), now)


@transaction.atomic
def plan_add(
    *,
    actor: Actor,
    school: School,
    like: str,
    names: Mapping[str, str],
    choice: PlanChoice,
    seen: int | None,
    now: datetime,
) -> str:
    """Make the school's rounds by rules with one more plan, which asks the same as another one; return its code.

    `names` is its name in `zh` and `en`. Raises as a change does.
    """
    actor.require(Permission.CONFIGURATION_WRITE)

    def edit(content: Mapping[str, Any]) -> Edited:
        return content_with_plan_added(content, like=like, name_zh=names["zh"], name_en=names["en"], choice=choice)

    return _take_up(actor, school, seen, edit, now)


def _take_up(
    actor: Actor, school: School, seen: int | None, edit: Callable[[Mapping[str, Any]], Edited], now: datetime
) -> str:
    stands = rulebook_lock(school=school, seen=seen)
    if stands is None:
        raise NotFound
    code, content = edit(stands.content)
    plan = ruleset_from_content(content).round_plans[code]
    if not set(plan.only) <= units_asked(school=school)[plan.target].keys():
        raise UnitsNotThere(pointer="/only")
    if Place.objects.filter(school=school, code__in=plan.route).count() < len(plan.route):
        raise PlacesNotThere(pointer="/route")
    version, _is_new = rulebook_load(content=content, now=now)
    activate = rulebook_activate if school.live_at is None else rulebook_activate_checked
    activate(school=school, version=version, now=now, by=actor)
    if school.live_at is not None:
        school_rounds_make(school=school, version_id=version.pk, now=now)
    if school.live_at is not None and plan.kind is RoundKind.INSPECTION:
        school_inspections_make(school=school, version_id=version.pk, now=now)
    return code
