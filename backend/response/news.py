"""News of started plans: a step is asked of somebody or is not done in time, or the plan is over."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from uuid import UUID

from backend.common.outbox import OutboxDraft
from backend.response.models import Response, ResponseTask
from backend.response.words import done_in, named

TOPIC = "response.told"
MOST_SAID = 3


class Told(StrEnum):
    """The things that are told of a started plan."""

    ASKED = "asked"
    MISSED = "missed"
    ENDED = "ended"


def news_drafts(
    row: Response, what: Told, heard: Mapping[UUID, Sequence[ResponseTask]], *, rung: int = 0
) -> list[OutboxDraft]:
    """Return one row of the outbox for all who hear of the same steps; each of them hears once, of all of these."""
    alike: defaultdict[tuple[UUID, ...], list[UUID]] = defaultdict(list)
    tasks = {task.id: task for own in heard.values() for task in own}
    for person_id, own in heard.items():
        alike[tuple(task.id for task in own)].append(person_id)
    return [
        _draft(row, what, [tasks[task_id] for task_id in ids], sorted(people, key=str), rung)
        for ids, people in alike.items()
    ]


def _draft(row: Response, what: Told, tasks: Sequence[ResponseTask], people: Sequence[UUID], rung: int) -> OutboxDraft:
    key = "|".join([str(row.id), what, str(rung), *(str(task.id) for task in tasks), *map(str, people)])
    payload = {
        "people": [str(person_id) for person_id in people],
        "what": what.value,
        "response": str(row.id),
        "tasks": [str(task.id) for task in tasks],
        "plan": named(row),
        "steps": [{**done_in(row, task), "due_at": task.due_at.isoformat()} for task in tasks[:MOST_SAID]],
        "more": max(0, len(tasks) - MOST_SAID),
        "zone": row.school.time_zone,
        "exercise": row.ticket.is_exercise,
        "path": f"/responses/{row.id}",
    }
    return OutboxDraft(TOPIC, f"{TOPIC}:{hashlib.sha256(key.encode()).hexdigest()}", payload)
