"""Sending: one message takes along everything that waits for the same person and channel."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q

from backend.common.models import OutboxMessage
from backend.common.outbox import NotYet
from backend.notifications.carrying import carry
from backend.notifications.models import Delivery
from backend.notifications.open_web import ChannelBroken
from backend.notifications.services.falling_back import fall_back
from backend.notifications.services.wording import message_for
from backend.organisation.models import ContactChannel
from backend.rulebook.ruleset import Severity

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
REST = timedelta(seconds=30)
URGENT_REST = timedelta(seconds=5)
"""How long a channel rests after a message, so that a storm becomes a few digests."""
MOST_TOGETHER = 500
FALLS_BACK_AFTER = 3
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 300, 1_800, 7_200, 18_000, 36_000, 86_400, 86_400))
"""Pauses between the ten tries of a message: a little over three days in all."""
TRIED = Q(status__in=(Delivery.Status.WAITING, Delivery.Status.FAILED), next_attempt_at__isnull=False)


def delivery_send(*, message: OutboxMessage, now: datetime) -> None:
    """Send what an outbox row announces, together with what else waits; outside any transaction, at least once.

    A try that fails is repeated under the same id with the same things in it; raise NotYet until then.
    """
    batch = _claim(UUID(message.payload["delivery"]), now)
    if not batch:
        return
    lead = batch[0]
    channel = lead.channel
    if channel is None or lead.message_id is None:
        raise AssertionError("what was claimed has a channel and the id of its message")
    try:
        carry(channel=channel, message=message_for(batch=batch), message_id=lead.message_id)
    except ChannelBroken as error:
        _failed(batch, error.reason, now, is_permanent=error.is_permanent)
    except Exception as error:
        logger.exception("Delivery %s could not be made", lead.id)
        _failed(batch, type(error).__name__, now, is_permanent=False)
    else:
        Delivery.objects.filter(id__in=[delivery.id for delivery in batch]).update(
            status=Delivery.Status.SENT, sent_at=now, next_attempt_at=None, last_error=""
        )


@transaction.atomic
def _claim(delivery_id: UUID, now: datetime) -> list[Delivery]:
    """Lease the delivery with all that goes out with it; nothing when it is closed, NotYet when it is not its time."""
    lead = Delivery.objects.filter(TRIED, id=delivery_id).first()
    if lead is None:
        return []
    if lead.channel_id is None or not _channel_lock(lead.channel_id):
        _without_channel(lead, now)
        return []
    lead = Delivery.objects.select_for_update(of=("self",)).select_related("notice__ticket").get(id=delivery_id)
    if lead.next_attempt_at is None:
        return []
    if lead.next_attempt_at > now:
        raise NotYet(lead.next_attempt_at)
    batch = _together(lead, now)
    message_id, leased_until = lead.message_id or lead.id, now + LEASE
    attempts = max(delivery.attempts for delivery in batch) + 1
    for delivery in batch:
        delivery.message_id, delivery.attempts, delivery.next_attempt_at = message_id, attempts, leased_until
    Delivery.objects.filter(id__in=[delivery.id for delivery in batch]).update(
        message_id=message_id, attempts=attempts, next_attempt_at=leased_until
    )
    return batch


def _channel_lock(channel_id: int) -> bool:
    rows = ContactChannel.objects.select_for_update(no_key=True).filter(id=channel_id)
    return bool(rows.values_list("id", flat=True))


def _together(lead: Delivery, now: datetime) -> list[Delivery]:
    """Return the lead and what goes with it: at a later try exactly the same as at the first."""
    open_ones = Delivery.objects.filter(TRIED, channel=lead.channel_id, message_id=lead.message_id)
    if lead.message_id is None:
        _rest(lead, now)
        open_ones = open_ones.filter(next_attempt_at__lte=now)
    rows = open_ones.exclude(id=lead.id).select_for_update(of=("self",)).order_by("created_at", "id")
    full = ("notice__ticket__school", "notice__ticket__place", "notice__person__user", "notice__instead_of", "channel")
    others = rows.select_related(*full)[: MOST_TOGETHER - 1]
    return [Delivery.objects.select_related(*full).get(id=lead.id), *others]


def _rest(lead: Delivery, now: datetime) -> None:
    # What was sent while the clock was ahead must not keep a person waiting until that time has come.
    last: datetime | None = Delivery.objects.filter(channel=lead.channel_id, sent_at__lte=now).aggregate(
        last=Max("sent_at")
    )["last"]
    ticket = lead.notice.ticket
    pause = URGENT_REST if ticket is not None and ticket.severity == Severity.P1 else REST
    if last is not None and now < last + pause:
        raise NotYet(last + pause)


def _failed(batch: Sequence[Delivery], reason: str, now: datetime, *, is_permanent: bool) -> None:
    """Note the failure; after the third, or at once where it is for good, let another channel or person hear of it."""
    attempts = batch[0].attempts
    again = None if is_permanent or attempts > len(PAUSES) else now + PAUSES[attempts - 1]
    with transaction.atomic():
        rows = Delivery.objects.filter(id__in=[delivery.id for delivery in batch])
        rows.update(next_attempt_at=again, last_error=reason[:200])
        if is_permanent or attempts >= FALLS_BACK_AFTER:
            rows.filter(status=Delivery.Status.WAITING).update(status=Delivery.Status.FAILED, failed_at=now)
            fall_back(notices=[d.notice for d in batch if d.status == Delivery.Status.WAITING], now=now)
    if again is not None:
        raise NotYet(again)


def _without_channel(lead: Delivery, now: datetime) -> None:
    rows = Delivery.objects.filter(id=lead.id)
    rows.update(status=Delivery.Status.SKIPPED, next_attempt_at=None, last_error="")
    fall_back(notices=[lead.notice], now=now)
