"""The same words sent again soon, from a form that was loaded anew: going back and sending has a new token.

Once somebody else has said or done something on the ticket, the same words answer that: they are no repetition.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.crypto import salted_hmac

from backend.common.models import IdempotencyRecord
from backend.organisation.actors import Actor

SENT_AGAIN_WITHIN = timedelta(minutes=10)
"""The same words sent again within this time by the same person are the same act."""


def words_key(words: Iterable[Any]) -> str:
    """Return a name for words that does not tell them."""
    said = json.dumps(list(words), default=str)
    return salted_hmac("portal.words", said, algorithm="sha256").hexdigest()


def records_lock(*, actor: Actor, keys: Iterable[str], now: datetime) -> dict[str, IdempotencyRecord]:
    """Return by key what the actor's words led to, locked until the transaction ends; an empty body: nothing yet."""
    scope, wanted = f"words:{actor.user_id}", sorted(set(keys))
    IdempotencyRecord.objects.bulk_create(
        [IdempotencyRecord(scope=scope, key=key, request_hash=key, status=200, created_at=now) for key in wanted],
        ignore_conflicts=True,
    )
    found = IdempotencyRecord.objects.select_for_update().filter(scope=scope, key__in=wanted).order_by("key")
    return {record.key: record for record in found}


def led_to(*, record: IdempotencyRecord, now: datetime) -> str:
    """Return what the words led to a moment ago; empty where it was long ago, or nothing."""
    return record.body if now - record.created_at <= SENT_AGAIN_WITHIN else ""


def is_answered(*, record: IdempotencyRecord, others_at: datetime | None) -> bool:
    """Say whether somebody else said or did something since these words led to something."""
    return others_at is not None and others_at > record.created_at


def records_put(*, led: Mapping[str, str], records: Mapping[str, IdempotencyRecord], now: datetime) -> None:
    """Remember what words led to now."""
    for key, body in led.items():
        records[key].body, records[key].created_at = body, now
    IdempotencyRecord.objects.bulk_update([records[key] for key in led], ["body", "created_at"])
