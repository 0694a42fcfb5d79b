"""The plans and checklists by which the actor's school makes its rounds."""

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.rulebook.round_rules import Checklist, RoundPlan
from backend.rulebook.selectors import active_version_id, ruleset_get


def plans_of(*, actor: Actor) -> list[RoundPlan]:
    """Return the plans of the rulebook in use at the actor's school, in its order."""
    version_id = active_version_id(school_id=actor.school_id) if actor.school_id else None
    return list(ruleset_get(version_id).round_plans.values()) if version_id else []


def plan_get(*, actor: Actor, code: str) -> RoundPlan:
    """Return one plan of the rulebook in use at the actor's school; raise NotFound."""
    found = next((plan for plan in plans_of(actor=actor) if plan.code == code), None)
    if found is None:
        raise NotFound
    return found


def checklists_of(*, actor: Actor) -> list[Checklist]:
    """Return the checklists that these plans ask for, each once."""
    return list({plan.checklist.code: plan.checklist for plan in plans_of(actor=actor)}.values())
