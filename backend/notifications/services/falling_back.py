"""The way on when a channel fails: the person's next verified channel, and after the last one the next person."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.common.outbox import outbox_add
from backend.notifications.models import Delivery, Notice
from backend.notifications.selectors import channels_verified
from backend.notifications.services.planning import unreached_drafts, wake_sender
from backend.organisation.models import ContactChannel

GONE = (Delivery.Status.WAITING, Delivery.Status.SENT)


def fall_back(*, notices: Sequence[Notice], now: datetime) -> None:
    """Give each notice to its person's next verified channel, also a switched-off one; else to the next person."""
    if not notices:
        return
    channels = channels_verified(person_ids={notice.person_id for notice in notices})
    before: dict[UUID, list[Delivery]] = defaultdict(list)
    for delivery in Delivery.objects.filter(notice__in=[notice.id for notice in notices]):
        before[delivery.notice_id].append(delivery)
    fresh: list[Delivery] = []
    unheard: list[Notice] = []
    for notice in notices:
        rows = before[notice.id]
        if any(delivery.status in GONE for delivery in rows):
            continue
        tried = {delivery.channel_id for delivery in rows if delivery.status == Delivery.Status.FAILED}
        untried = [channel for channel in channels[notice.person_id] if channel.id not in tried]
        if untried:
            fresh.append(_by(untried[0], rows, now))
        else:
            unheard.append(notice)
    _store(fresh, now)
    outbox_add(drafts=list(unreached_drafts(notices=unheard)), now=now)


def _by(channel: ContactChannel, rows: Sequence[Delivery], now: datetime) -> Delivery:
    """Return the delivery by a channel: the one not sent because the person had switched it off, else a new one."""
    for switched_off in rows:
        if switched_off.channel_id == channel.id:
            switched_off.status, switched_off.next_attempt_at = Delivery.Status.WAITING, now
            switched_off.rings_at = switched_off.created_at = now
            return switched_off
    return Delivery(
        notice_id=rows[0].notice_id,
        school_id=rows[0].school_id,
        channel=channel,
        channel_kind=channel.kind,
        is_urgent=rows[0].is_urgent,
        rings_at=now,
        next_attempt_at=now,
        created_at=now,
    )


def _store(fresh: list[Delivery], now: datetime) -> None:
    if not fresh:
        return
    changing = ["status", "rings_at", "next_attempt_at", "created_at"]
    Delivery.objects.bulk_create(fresh, update_conflicts=True, unique_fields=["id"], update_fields=changing)
    wake_sender(deliveries=fresh, now=now)
