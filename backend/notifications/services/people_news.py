"""Notices of news that concern people themselves: powers over them, and their duty."""

from collections.abc import Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from backend.common.models import OutboxMessage
from backend.notifications.models import Notice, SubjectKind
from backend.notifications.services.planning import notices_store

NOT_WORDS = frozenset({"school", "people"})


def people_news_create(messages: Sequence[OutboxMessage], now: datetime) -> None:
    """Store a notice for each person the outbox rows name."""
    notices = [
        Notice(
            person_id=UUID(person_id),
            subject_kind=SubjectKind.PERSON,
            subject_id=UUID(person_id),
            event_id=uuid5(NAMESPACE_URL, message.dedup_key),
            kind=message.topic,
            params={name: value for name, value in message.payload.items() if name not in NOT_WORDS},
            created_at=now,
        )
        for message in messages
        for person_id in message.payload["people"]
    ]
    notices_store(notices=notices, now=now)
