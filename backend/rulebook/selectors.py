"""Reads of the rules."""

from functools import lru_cache
from uuid import UUID

from backend.organisation.actors import Actor
from backend.rulebook.models import RulebookVersion, SchoolRulebook
from backend.rulebook.ruleset import Category, Ruleset, ruleset_from_content


@lru_cache(maxsize=64)
def ruleset_get(version_id: int) -> Ruleset:
    """Return the rules of a version; a version never changes, so each process reads it once."""
    return ruleset_from_content(RulebookVersion.objects.values_list("content", flat=True).get(id=version_id))


def active_version_id(*, school_id: UUID) -> int | None:
    """Return the version a school opens new tickets under."""
    return SchoolRulebook.objects.filter(school_id=school_id).values_list("version_id", flat=True).first()


def categories_of(*, actor: Actor) -> list[Category]:
    """Return the categories the actor's school reports under, in the order of its rulebook."""
    version_id = active_version_id(school_id=actor.school_id) if actor.school_id else None
    return list(ruleset_get(version_id).categories.values()) if version_id else []
