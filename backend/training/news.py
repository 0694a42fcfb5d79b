"""News of trainings: one is due soon, for whoever goes to it or, for a class, for its head teacher."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.common.outbox import OutboxDraft
from backend.organisation.actors import Actor
from backend.organisation.models import School, Unit
from backend.rulebook.selectors import training_rules_get
from backend.training.dues import is_asked_of
from backend.training.models import TrainingDue
from backend.training.sight import is_asked

TOPIC = "training.told"


def news_of(
    *, rows: Sequence[TrainingDue], units: Mapping[UUID, Unit], heads: Mapping[UUID, Sequence[UUID]], school: School
) -> list[OutboxDraft]:
    """Return the news of what has become due; of a class without a head teacher nobody is told."""
    drafts = []
    for row in rows:
        people = [row.person_id] if row.person_id else heads.get(row.unit_id, ()) if row.unit_id else ()
        if people:
            payload = _payload(row, units.get(row.unit_id) if row.unit_id else None, people, school)
            drafts.append(OutboxDraft(TOPIC, f"{TOPIC}:{row.id}", payload))
    return drafts


def _payload(row: TrainingDue, unit: Unit | None, people: Sequence[UUID], school: School) -> dict[str, Any]:
    rule = training_rules_get(row.rulebook_id)[row.code]
    return {
        "school": str(school.id),
        "people": sorted(map(str, people)),
        "due": str(row.id),
        "due_on": row.due_on.isoformat(),
        "name": {"zh": rule.name_zh, "en": rule.name_en},
        "unit": {"zh": unit.name_zh, "en": unit.name_en} if unit else None,
        "path": "/trainings",
    }


def dues_standing(
    *,
    news: Mapping[UUID, Mapping[str, Any]],
    readers: Mapping[UUID, Actor],
    now: datetime,  # noqa: ARG001 - as all
) -> set[UUID]:
    """Return which news still hold: those of what is still due, for whoever holds a post of which it is asked.

    What is due is brought in step later than somebody leaves a post. Two statements.
    """
    ids = {UUID(told["due"]) for told in news.values()}
    still = {str(row.id): row for row in TrainingDue.objects.filter(id__in=ids, closed_at=None)}
    units = {post.unit_id for reader in readers.values() for post in reader.posts if post.unit_id}
    codes = dict(Unit.objects.filter(id__in=units).values_list("id", "code"))
    return {
        key for key, told in news.items() if told["due"] in still and _is_for(readers[key], still[told["due"]], codes)
    }


def _is_for(reader: Actor, row: TrainingDue, codes: Mapping[UUID, str]) -> bool:
    if not is_asked(actor=reader, row=row) or row.unit_id:
        return is_asked(actor=reader, row=row)
    rule = training_rules_get(row.rulebook_id)[row.code]
    held = ((post.role, codes[post.unit_id] if post.unit_id else "") for post in reader.posts)
    return any(is_asked_of(rule, role=role, unit_code=code) for role, code in held)
