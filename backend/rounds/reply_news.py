"""News of answers that a school owes an authority: one is due soon, today, or is late."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.common.outbox import OutboxDraft
from backend.organisation.actors import Actor
from backend.organisation.roles import with_those_above
from backend.rounds.models import OutsideReply
from backend.rounds.reply_rules import FIRST_LATE, hearing_of

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


def replies_standing(
    *,
    news: Mapping[UUID, Mapping[str, Any]],
    readers: Mapping[UUID, Actor],
    now: datetime,  # noqa: ARG001 - as all
) -> set[UUID]:
    """Return which news still hold: the answer was not given, and is wanted by the same day.

    They are for those who are told of it at any rung, or stand in above.
    """
    ids = {UUID(told["reply"]) for told in news.values()}
    rows = OutsideReply.objects.filter(id__in=ids, state=OutsideReply.State.OPEN)
    wanted = {(str(row.id), row.due_on.isoformat()): with_those_above(*hearing_of(row)) for row in rows}
    return {
        key
        for key, told in news.items()
        if readers[key].holds(*wanted.get((told["reply"], told["due_on"]), frozenset()))
    }
