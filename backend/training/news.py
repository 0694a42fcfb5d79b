"""News of trainings: one is due soon, for whoever goes to it or, for a class, for its head teacher."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.common.outbox import OutboxDraft
from backend.organisation.models import School, Unit
from backend.rulebook.selectors import training_rules_get
from backend.training.models import TrainingDue

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


def dues_standing(*, news: Mapping[UUID, Mapping[str, Any]], now: datetime) -> set[UUID]:  # noqa: ARG001 - as all
    """Return which news still hold: those of what is still due."""
    ids = {UUID(told["due"]) for told in news.values()}
    still = set(TrainingDue.objects.filter(id__in=ids, closed_at=None).values_list("id", flat=True))
    return {key for key, told in news.items() if UUID(told["due"]) in still}
