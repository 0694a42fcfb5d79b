"""Reads of rules and their versions."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from backend.common.errors import NotFound
from backend.organisation.actors import Actor
from backend.organisation.models import School
from backend.rulebook.models import RulebookStretch, RulebookUse, RulebookVersion, SchoolRulebook
from backend.rulebook.outside_rules import OutsideClock
from backend.rulebook.period_reading import period_templates_read
from backend.rulebook.period_rules import PeriodTemplates
from backend.rulebook.reading import ruleset_from_content, rung_read
from backend.rulebook.ruleset import Category, Ruleset
from backend.rulebook.training_reading import training_rules_read
from backend.rulebook.training_rules import TrainingRules


@lru_cache(maxsize=64)
def ruleset_get(version_id: int) -> Ruleset:
    """Return the rules of a version; a version never changes, so each process reads it once."""
    return ruleset_from_content(RulebookVersion.objects.values_list("content", flat=True).get(id=version_id))


@lru_cache(maxsize=64)
def period_templates_get(version_id: int) -> PeriodTemplates:
    """Return the templates of special periods of a version; a version never changes."""
    content = RulebookVersion.objects.values_list("content", flat=True).get(id=version_id)
    return period_templates_read(content.get("periods", {}), rung=rung_read)


@lru_cache(maxsize=64)
def training_rules_get(version_id: int) -> TrainingRules:
    """Return the trainings that a version requires; a version never changes."""
    content = RulebookVersion.objects.values_list("content", flat=True).get(id=version_id)
    return training_rules_read(content.get("trainings", {}))


def active_version_id(*, school_id: UUID) -> int | None:
    """Return the version a school opens new tickets under."""
    return SchoolRulebook.objects.filter(school_id=school_id).values_list("version_id", flat=True).first()


def categories_of(*, actor: Actor) -> list[Category]:
    """Return the categories the actor's school reports under, in the order of its rulebook."""
    return categories_of_school(school_id=actor.school_id) if actor.school_id else []


def categories_of_school(*, school_id: UUID) -> list[Category]:
    """Return the categories a school reports under, in the order of its rulebook."""
    version_id = active_version_id(school_id=school_id)
    return list(ruleset_get(version_id).categories.values()) if version_id else []


def outside_clocks_of(*, version_id: int, category: str) -> list[OutsideClock]:
    """Return the reports to authorities that a category may call for, in a version a ticket pins."""
    rules = ruleset_get(version_id)
    return [rules.outside_clocks[key] for key in rules.categories[category].outside_clocks]


def rulebook_uses(*, actor: Actor) -> QuerySet[RulebookUse]:
    """Return the versions that the actor's school uses or used, with the one in use now marked."""
    uses = RulebookUse.objects.filter(school_id=actor.school_scope).select_related("version", "school__rulebook")
    return uses.defer("version__content")


def category_is_known(*, actor: Actor, category: str) -> bool:
    """Say whether a category stands in any version that a school the actor knows uses or used."""
    schools = {"school": actor.school_id} if actor.school_id else {"school__bureau": actor.bureau_id}
    versions = RulebookUse.objects.filter(**schools).values_list("version", flat=True).distinct()
    return any(category in ruleset_get(version).categories for version in versions)


def rulebook_get(*, actor: Actor, version_id: int | None) -> RulebookUse:
    """Return one version the actor's school uses or used, or (None) the one in use; else NotFound."""
    uses = rulebook_uses(actor=actor)
    wanted = version_id or active_version_id(school_id=actor.school_scope)
    use = uses.filter(version_id=wanted).first()
    if use is None:
        raise NotFound
    return use


def school_by_code(*, code: str) -> School | None:
    """Return a school by its code, for operators' commands; it is scoped to nobody."""
    return School.objects.filter(code=code).first()


def schools_with_rulebook() -> QuerySet[School]:
    """Return every school that has a rulebook in use, in the order of their codes."""
    return School.objects.filter(rulebook__isnull=False).order_by("code")


def content_in_use(*, school_id: UUID) -> dict[str, Any] | None:
    """Return the content of the version a school opens new tickets under; None where it has none."""
    return SchoolRulebook.objects.filter(school_id=school_id).values_list("version__content", flat=True).first()


def stretches_of(*, school_id: UUID, since: datetime) -> list[RulebookStretch]:
    """Return the stretches of a school that end after an instant, each with stricter rules, in order."""
    stretches = RulebookStretch.objects.filter(school_id=school_id, ends_at__gt=since, replaced_at=None)
    return list(stretches.order_by("starts_at"))
