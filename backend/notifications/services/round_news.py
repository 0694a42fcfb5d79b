"""Notices of rounds that nobody has answered."""

from collections.abc import Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from backend.common.models import OutboxMessage
from backend.notifications.models import Notice, SubjectKind
from backend.notifications.services.planning import notices_store


def round_news_create(messages: Sequence[OutboxMessage], now: datetime) -> None:
    """Store a notice for each person the outbox rows name; the first of its rounds is its subject."""
    notices = [
        Notice(
            person_id=UUID(person_id),
            subject_kind=SubjectKind.ROUND,
            subject_id=UUID(message.payload["offices"][0]["round"]),
            event_id=uuid5(NAMESPACE_URL, message.dedup_key),
            kind=message.topic,
            params={name: value for name, value in message.payload.items() if name != "people"},
            created_at=now,
        )
        for message in messages
        for person_id in message.payload["people"]
    ]
    notices_store(notices=notices, now=now)
