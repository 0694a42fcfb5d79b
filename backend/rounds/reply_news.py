"""News of answers that a school owes an authority: one is due soon, today, or is late."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.common.outbox import OutboxDraft
from backend.rounds.models import OutsideReply
from backend.rounds.reply_rules import FIRST_LATE

TOPIC = "reply.told"


class ToldOfReply(StrEnum):
    """The things that are told of an answer to an authority."""

    COMING = "coming"
    LATE = "late"


def reply_draft(row: OutsideReply, *, rung: int, people: Collection[UUID]) -> OutboxDraft:
    """Return the news for these people, once for each day it was wanted by and each rung; it names no ticket."""
    what = ToldOfReply.LATE if rung >= FIRST_LATE else ToldOfReply.COMING
    payload = {
        "people": sorted(map(str, people)),
        "what": what.value,
        "reply": str(row.id),
        "authority": row.visit.authority,
        "visited_on": row.visit.day.isoformat(),
        "due_on": row.due_on.isoformat(),
        "path": f"/outside-visits/{row.visit_id}",
    }
    return OutboxDraft(TOPIC, f"{TOPIC}:{row.id}:{row.said_count}:{rung}", payload)


def replies_standing(*, news: Mapping[UUID, Mapping[str, Any]], now: datetime) -> set[UUID]:  # noqa: ARG001 - as all
    """Return which news still hold: the answer was not given, and is wanted by the same day."""
    ids = {UUID(told["reply"]) for told in news.values()}
    rows = OutsideReply.objects.filter(id__in=ids, state=OutsideReply.State.OPEN).values_list("id", "due_on")
    wanted = {(str(reply_id), due_on.isoformat()) for reply_id, due_on in rows}
    return {key for key, told in news.items() if (told["reply"], told["due_on"]) in wanted}
