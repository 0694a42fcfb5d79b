"""What must happen after a commit is a row written in that commit; a consumer closes it in its own transaction."""

import json
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q

from backend.common.faults import fault_point
from backend.common.models import OutboxMessage
from backend.common.publishing import outbox_publish
from backend.common.sql.prepared import prepared_cursor

logger = logging.getLogger(__name__)

FIRST_LEASE = timedelta(seconds=5)
LONGEST_CONSUME_PAUSE = timedelta(minutes=5)
DELIVERY_LEASE = timedelta(minutes=2)
DELIVERY_BUDGET = timedelta(seconds=60)
DELIVERY_PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""Pauses between the ten tries of a delivery: a little over three days in all."""
DELIVERY_TRIES = len(DELIVERY_PAUSES) + 1
LONGEST_ERROR = 500

INSERT = """
INSERT INTO common_outboxmessage
    (topic, dedup_key, payload, created_at, next_attempt_at, held_until, attempts, last_error)
SELECT topic, dedup_key, payload, %s, COALESCE(not_before, %s), not_before, 0, ''
FROM unnest(%s::text[], %s::text[], %s::jsonb[], %s::timestamptz[])
    WITH ORDINALITY AS draft (topic, dedup_key, payload, not_before, position)
ORDER BY dedup_key, position
ON CONFLICT (dedup_key) DO NOTHING
RETURNING id, topic, held_until
"""
OPEN = Q(done_at__isnull=True, failed_at__isnull=True)


@dataclass(frozen=True, slots=True)
class OutboxDraft:
    """A message to be: the topic names its consumer, the dedup key lets it exist once, the payload is plain JSON.

    No consumer takes it before `not_before`; the relay publishes it then.
    """

    topic: str
    dedup_key: str
    payload: dict[str, Any]
    not_before: datetime | None = None


class NotYet(Exception):
    """Raised by a sender whose message has to wait until an instant: no failure, and not counted as a try."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(f"not before {until.isoformat()}")


def outbox_add(*, drafts: Sequence[OutboxDraft], now: datetime, publish: bool = True) -> list[int]:
    """Write the drafts whose dedup key is new, in one statement, and publish them after the commit; return their ids.

    The ids follow the dedup keys, not the order of the drafts. Without `publish` the caller publishes them, or the
    relay does after their lease. Raises ImproperlyConfigured for a topic without a task.
    """
    unknown = {draft.topic for draft in drafts} - settings.OUTBOX_TASKS.keys()
    if unknown:
        raise ImproperlyConfigured(f"No task in OUTBOX_TASKS for {sorted(unknown)}.")
    rows = _insert(drafts, now) if drafts else []
    ids_of_topic: dict[str, list[int]] = defaultdict(list)
    for number, topic, held_until in rows:
        if publish and (held_until is None or held_until <= now):
            ids_of_topic[topic].append(number)
    for topic, ids in ids_of_topic.items():
        transaction.on_commit(partial(outbox_publish, topic=topic, ids=ids), robust=True)
    return sorted(number for number, _topic, _held_until in rows)


def outbox_consume(*, ids: Sequence[int], handle: Callable[[OutboxMessage, datetime], object], now: datetime) -> int:
    """Handle each open message in a transaction of its own, and close it there; return how many were handled.

    A message another worker holds, or that is closed, is passed over. One that fails backs off up to five minutes,
    is tried for ever, and stops no other.
    """
    done = 0
    for number in ids:
        try:
            with transaction.atomic():
                message = _claimed(number, now)
                if message is None:
                    continue
                fault_point("outbox.claimed")
                handle(message, now)
                fault_point("outbox.handled")
                OutboxMessage.objects.filter(pk=number).update(done_at=now, last_error="")
        except Exception as error:
            logger.exception("Outbox message %d failed", number)
            _consume_failed(number, error, now)
        else:
            done += 1
            fault_point("outbox.closed")
    return done


def outbox_deliver(*, ids: Sequence[int], send: Callable[[OutboxMessage], None], now: datetime) -> int:
    """Send each open message outside any transaction, at least once; return how many were sent.

    Each is leased first, so that nobody else sends it meanwhile; a failed one is tried ten times over three days and
    then marked as failed. After 60 s the rest of the batch is left to the relay.
    """
    started = time.monotonic()
    sent = 0
    for number in ids:
        passed = timedelta(seconds=time.monotonic() - started)
        if passed > DELIVERY_BUDGET:
            break
        message = _leased(number, now + passed)
        if message is not None and _sent(message, send, now + passed):
            sent += 1
    return sent


def _insert(drafts: Sequence[OutboxDraft], now: datetime) -> list[tuple[int, str, datetime | None]]:
    """Insert what is new; of two transactions with the same key the second waits for the first, then adds nothing."""
    columns: list[list[Any]] = [
        [draft.topic for draft in drafts],
        [draft.dedup_key for draft in drafts],
        [json.dumps(draft.payload, cls=DjangoJSONEncoder) for draft in drafts],
        [draft.not_before for draft in drafts],
    ]
    with prepared_cursor() as cursor:
        cursor.execute(INSERT, [now, now + FIRST_LEASE, *columns])
        rows: list[tuple[int, str, datetime | None]] = cursor.fetchall()
    return rows


def _claimed(number: int, now: datetime) -> OutboxMessage | None:
    is_free = Q(held_until__isnull=True) | Q(held_until__lte=now)
    rows = OutboxMessage.objects.select_for_update(skip_locked=True).filter(OPEN, is_free, pk=number)
    return rows.first()


def _consume_failed(number: int, error: Exception, now: datetime) -> None:
    with transaction.atomic():
        message = OutboxMessage.objects.select_for_update(skip_locked=True).filter(OPEN, pk=number).first()
        if message is None:
            return
        message.attempts += 1
        pause = min(FIRST_LEASE * 2 ** min(message.attempts - 1, 10), LONGEST_CONSUME_PAUSE)
        message.held_until = message.next_attempt_at = now + pause
        message.last_error = _described(error)
        message.save(update_fields=["attempts", "held_until", "next_attempt_at", "last_error"])


def _leased(number: int, now: datetime) -> OutboxMessage | None:
    """Count the try before it is made, so that a message that kills its worker is given up one day too."""
    with transaction.atomic():
        message = _claimed(number, now)
        if message is None:
            return None
        if message.attempts >= DELIVERY_TRIES:
            message.failed_at = now
            message.save(update_fields=["failed_at"])
            return None
        message.attempts += 1
        message.held_until = message.next_attempt_at = now + DELIVERY_LEASE
        message.save(update_fields=["attempts", "held_until", "next_attempt_at"])
    return message


def _sent(message: OutboxMessage, send: Callable[[OutboxMessage], None], now: datetime) -> bool:
    still_open = OutboxMessage.objects.filter(OPEN, pk=message.pk)
    fault_point("delivery.leased")
    try:
        send(message)
        fault_point("delivery.sent")
    except NotYet as wait:
        still_open.update(held_until=wait.until, next_attempt_at=wait.until, attempts=message.attempts - 1)
        return False
    except Exception as error:
        logger.exception("Outbox message %d was not delivered (try %d)", message.pk, message.attempts)
        if message.attempts >= DELIVERY_TRIES:
            still_open.update(failed_at=now, last_error=_described(error))
        else:
            again = now + DELIVERY_PAUSES[message.attempts - 1]
            still_open.update(held_until=again, next_attempt_at=again, last_error=_described(error))
        return False
    still_open.update(done_at=now, last_error="")
    return True


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:LONGEST_ERROR].replace("\0", "")
