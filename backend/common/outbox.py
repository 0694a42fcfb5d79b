"""The outbox: rows, written in a commit, of work to do after it; a consumer closes each in its own transaction."""

import json
import logging
import time
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
from backend.common.publishing import wake
from backend.common.retrying import MOST_TRIES, pause_after, pause_of_ours
from backend.common.sql.statements import Write, prepared_cursor, write

logger = logging.getLogger(__name__)

Handler = Callable[[Sequence[OutboxMessage], datetime], object]

BATCH = 200
"""The most messages that one transaction takes."""
CONSUME_BUDGET = 20.0
FIRST_LEASE = timedelta(seconds=5)
DELIVERY_LEASE = timedelta(minutes=2)
DELIVERY_BUDGET = 60.0
LONGEST_ERROR = 500

INSERT = """
INSERT INTO common_outboxmessage (topic, dedup_key, payload, created_at, next_attempt_at, attempts, last_error)
SELECT topic, dedup_key, payload, %s, %s, 0, ''
FROM unnest(%s::text[], %s::text[], %s::jsonb[]) WITH ORDINALITY AS draft (topic, dedup_key, payload, position)
ORDER BY dedup_key, position
ON CONFLICT (dedup_key) DO NOTHING
RETURNING id, topic
"""
# One index finds what is open under a topic, the longest due first.
TAKE = """
WITH clock AS MATERIALIZED (SELECT coalesce(%(now)s, clock_timestamp()) AS now),
free AS MATERIALIZED (
    SELECT message.id FROM common_outboxmessage AS message, clock
    WHERE topic = %(topic)s AND done_at IS NULL AND failed_at IS NULL
      AND (held_until IS NULL OR held_until <= clock.now) AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s))
    ORDER BY next_attempt_at, id LIMIT %(most)s FOR UPDATE OF message SKIP LOCKED
)
UPDATE common_outboxmessage AS message SET done_at = clock.now, last_error = ''
FROM free, clock WHERE message.id = free.id
RETURNING message.id, message.topic, message.dedup_key, message.payload, message.created_at, message.attempts,
          message.done_at
"""
TAKEN = ("id", "topic", "dedup_key", "payload", "created_at", "attempts", "done_at")
OPEN = Q(done_at__isnull=True, failed_at__isnull=True)


@dataclass(frozen=True, slots=True)
class OutboxDraft:
    """A message to be: the topic names its consumer, the dedup key lets it exist once, the payload is plain JSON."""

    topic: str
    dedup_key: str
    payload: dict[str, Any]


def outbox_add(*, drafts: Sequence[OutboxDraft], now: datetime, beside: Sequence[Write] = ()) -> list[int]:
    """Write the drafts whose dedup key is new, in one statement, and wake their consumers after the commit.

    Consumers of what can wait some seconds are left to the relay, so that they cost nobody's request a wake-up.
    What is written `beside` them goes along in the same statement. Return their ids, which follow the dedup keys, not
    the order of the drafts. Raises ImproperlyConfigured for a topic without a task.
    """
    unknown = {draft.topic for draft in drafts} - settings.OUTBOX_TASKS.keys()
    if unknown:
        raise ImproperlyConfigured(f"No task in OUTBOX_TASKS for {sorted(unknown)}.")
    writes = [*beside, _inserting(drafts, now)] if drafts else beside
    rows = write(*writes) if writes else []
    if not drafts:
        return []
    hurried = (topic for _number, topic in rows if topic not in settings.OUTBOX_UNHURRIED)
    for task in dict.fromkeys(settings.OUTBOX_TASKS[topic] for topic in hurried):
        transaction.on_commit(partial(wake, task), robust=True)
    return sorted(number for number, _topic in rows)


def outbox_consume(*, topic: str, handle: Handler, now: datetime | None = None) -> int:
    """Handle what is open under a topic, up to 200 messages in one transaction that closes them; return how many.

    Without `now` the database's clock is read in the statement that takes them. What another worker holds is passed
    over. Of a batch that fails each half is tried by itself, down to the message at fault: that one backs off up to
    five minutes, is tried for ever, and stops no other.
    """
    ends = time.monotonic() + CONSUME_BUDGET
    done = 0
    while time.monotonic() < ends:
        found, handled = _consume(topic, None, handle, now)
        done += handled
        if found < BATCH:
            return done
    wake(settings.OUTBOX_TASKS[topic])
    return done


def outbox_deliver(*, topic: str, send: Callable[[OutboxMessage], None], now: datetime) -> int:
    """Send what is open under a topic outside any transaction, at least once; return how many were sent.

    Each is leased first, so that nobody else sends it meanwhile; a failed one is tried again for three days and then
    marked as failed. After 60 s the rest is left to another run.
    """
    began = time.monotonic()
    sent = 0
    while (passed := time.monotonic() - began) < DELIVERY_BUDGET:
        at = now + timedelta(seconds=passed)
        message = _leased(topic, at)
        if message is None:
            return sent
        sent += _sent(message, send, at)
    wake(settings.OUTBOX_TASKS[topic])
    return sent


def _inserting(drafts: Sequence[OutboxDraft], now: datetime) -> Write:
    """Return what inserts the new ones; of two transactions with the same key the second waits, then adds nothing."""
    columns: list[list[Any]] = [
        [draft.topic for draft in drafts],
        [draft.dedup_key for draft in drafts],
        [json.dumps(draft.payload, cls=DjangoJSONEncoder) for draft in drafts],
    ]
    return Write(INSERT, [now, now + FIRST_LEASE, *columns])


def _consume(topic: str, ids: Sequence[int] | None, handle: Handler, now: datetime | None) -> tuple[int, int]:
    """Take what is open (of these ids) and handle it in one transaction; return how many were found and handled."""
    found: list[int] = []
    at: Any = now
    try:
        with transaction.atomic():
            messages, at = _take(topic, ids, now)
            if not messages:
                return 0, 0
            found = [message.pk for message in messages]
            fault_point("outbox.claimed")
            handle(messages, at)
            fault_point("outbox.handled")
    except Exception as error:
        if not found:
            raise
        if len(found) > 1:
            middle = len(found) // 2
            halves = [_consume(topic, half, handle, now) for half in (found[:middle], found[middle:])]
            return len(found), sum(handled for _found, handled in halves)
        logger.exception("Outbox message %d failed", found[0])
        _consume_failed(found[0], error, at)
        return 1, 0
    fault_point("outbox.closed")
    return len(found), len(found)


def _take(topic: str, ids: Sequence[int] | None, now: datetime | None) -> tuple[list[OutboxMessage], Any]:
    """Take open messages that nobody holds and close them, all in one statement; a rollback opens them again.

    Return them in their order, and the instant at which they were taken.
    """
    values: dict[str, Any] = {"topic": topic, "ids": ids, "now": now, "most": BATCH}
    with prepared_cursor() as cursor:
        cursor.execute(TAKE, values)
        rows = cursor.fetchall()
    rows.sort()
    at = rows[0][-1] if rows else now
    return [OutboxMessage(**dict(zip(TAKEN, row, strict=True))) for row in rows], at


def _consume_failed(number: int, error: Exception, now: datetime) -> None:
    with transaction.atomic():
        message = OutboxMessage.objects.select_for_update(skip_locked=True).filter(OPEN, pk=number).first()
        if message is None:
            return
        message.attempts += 1
        message.held_until = message.next_attempt_at = now + pause_of_ours(message.attempts)
        message.last_error = _described(error)
        message.save(update_fields=["attempts", "held_until", "next_attempt_at", "last_error"])


def _leased(topic: str, now: datetime) -> OutboxMessage | None:
    """Count the try before it is made, so that a message that kills its worker is given up one day too."""
    is_free = Q(held_until__isnull=True) | Q(held_until__lte=now)
    with transaction.atomic():
        rows = OutboxMessage.objects.select_for_update(skip_locked=True).filter(OPEN, is_free, topic=topic)
        rows.filter(attempts__gte=MOST_TRIES).update(failed_at=now)
        message = rows.order_by("next_attempt_at", "id").first()
        if message is None:
            return None
        message.attempts += 1
        message.held_until = message.next_attempt_at = now + DELIVERY_LEASE
        message.save(update_fields=["attempts", "held_until", "next_attempt_at"])
    return message


def _sent(message: OutboxMessage, send: Callable[[OutboxMessage], None], now: datetime) -> bool:
    still_open = OutboxMessage.objects.filter(OPEN, pk=message.pk)
    try:
        send(message)
    except Exception as error:
        logger.exception("Outbox message %d was not delivered (try %d)", message.pk, message.attempts)
        pause = pause_after(message.attempts)
        if pause is None:
            still_open.update(failed_at=now, last_error=_described(error))
        else:
            again = now + pause
            still_open.update(held_until=again, next_attempt_at=again, last_error=_described(error))
        return False
    still_open.update(done_at=now, last_error="")
    return True


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:LONGEST_ERROR].replace("\0", "")
