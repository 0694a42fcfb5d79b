"""Notices of visitors: for their hosts, and for the gate where nobody expects them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.common.models import OutboxMessage
from backend.duty.selectors import directory_load
from backend.gate.models import What
from backend.notifications.services.people_news import people_news_create
from backend.organisation.roles import Role
from backend.rounds.selectors.posts import posts_manned


def gate_news_create(messages: Sequence[OutboxMessage], now: datetime) -> None:
    """Store a notice for each person the outbox rows name.

    That a visitor is not expected is told to whoever stands at a post of the gate by then, and to the leader on duty.
    """
    for message in messages:
        if message.payload["what"] == What.NOT_EXPECTED:
            people = [*message.payload["people"], *map(str, _at_the_gate(UUID(message.payload["school"]), now))]
            message.payload = {**message.payload, "people": list(dict.fromkeys(people))}
    people_news_create(messages, now)


def _at_the_gate(school_id: UUID, now: datetime) -> list[UUID]:
    directory = directory_load(school_ids=[school_id], now=now)
    leading = directory.reach(role=Role.DUTY_LEADER, school_id=school_id, unit_id=None)
    return [*(answer.by_id for answer in posts_manned(school_id=school_id, now=now)), *leading.people]
