"""News of visitors that still hold for their readers: the log of the gate says it, and the posts at the gates."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.gate.selectors import gate_news_standing
from backend.organisation.actors import Actor
from backend.rounds.selectors.posts import posts_manned


def gate_standing(*, news: Mapping[UUID, Mapping[str, Any]], readers: Mapping[UUID, Actor], now: datetime) -> set[UUID]:
    """Return which of them do; a few statements for each school, whatever the number of visitors."""
    schools = {reader.school_id for reader in readers.values() if reader.school_id}
    standing = {answer.by_id for school_id in schools for answer in posts_manned(school_id=school_id, now=now)}
    return gate_news_standing(news=news, readers=readers, standing_there=standing, now=now)
