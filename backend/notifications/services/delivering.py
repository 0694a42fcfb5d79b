"""Sending: one message takes along everything that waits for the same person and channel."""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation

from backend.common.faults import fault_point
from backend.common.outgoing import NotTaken
from backend.common.publishing import wake
from backend.common.retrying import pause_after
from backend.common.sql.statements import RowUpdate
from backend.notifications.carrying import Carrier, longest_for
from backend.notifications.messages import Message, compose, compose_digest
from backend.notifications.models import Delivery, SubjectKind
from backend.notifications.news_standing import news_standing
from backend.notifications.rendering import Words, words_of
from backend.notifications.services.claiming import Parcel, is_given_up, parcels_claim
from backend.notifications.services.falling_back import fall_back
from backend.notifications.services.planning import DELIVER
from backend.organisation.readers import language_of

logger = logging.getLogger(__name__)

BUDGET = 60.0
FALLS_BACK_AFTER = 4
LONGEST_ERROR = 200
NEVER_HEARD = NotTaken("Nobody heard how the last try went.", is_permanent=True)
RESULTS = RowUpdate(Delivery, "status", "attempts", "sent_at", "failed_at", "next_attempt_at", "last_error")


def deliveries_send(*, now: datetime) -> int:
    """Send what is due outside any transaction, at least once and always under the same id; return how many messages.

    What fails is tried again for three days, under the same id with the same things in it. After 60 s the rest is given
    back for another run.
    """
    began, sent = time.monotonic(), 0
    with Carrier() as carrier:
        while (passed := time.monotonic() - began) < BUDGET:
            at = now + timedelta(seconds=passed)
            claimed = parcels_claim(now=at)
            if claimed.parcels:
                fault_point("delivery.leased")
                sent += _send(claimed.parcels, carrier, began + BUDGET, at)
            if claimed.has_orphans:
                orphans_hand_on(now=at)
            if not claimed.is_full:
                return sent
    wake(DELIVER)
    return sent


@transaction.atomic
def orphans_hand_on(*, now: datetime) -> None:
    """Give what was due by a channel that is gone to the person's next channel, or to the next person."""
    due = Delivery.objects.filter(channel__isnull=True, next_attempt_at__lte=now)
    rows = list(due.select_for_update(of=("self",), skip_locked=True).select_related("notice"))
    if rows:
        orphans = Delivery.objects.filter(id__in=[row.id for row in rows])
        orphans.update(status=Delivery.Status.SKIPPED, next_attempt_at=None, last_error="")
        fall_back(notices=[row.notice for row in rows], now=now)


def _send(parcels: Sequence[Parcel], carrier: Carrier, ends: float, now: datetime) -> int:
    """Send leased messages one after the other and note how all of them went; return how many went out."""
    notices = [delivery.notice for parcel in parcels for delivery in parcel.deliveries]
    if any(notice.subject_kind != SubjectKind.TICKET for notice in notices):
        notices = news_standing(notices=notices, now=now)
    words = words_of(notices=notices)
    given_up: list[Delivery] = []
    sent = 0
    for parcel in _with_words(parcels, words):
        if time.monotonic() > ends:
            _give_back(parcel, now)
            continue
        try:
            _carry(parcel, carrier, None if is_given_up(parcel) else message_for(batch=parcel.deliveries, words=words))
        except NotTaken as problem:
            given_up += _failed(parcel, problem, now)
        else:
            sent += 1
            _succeeded(parcel, now)
    fault_point("delivery.sent")
    _note([delivery for parcel in parcels for delivery in parcel.deliveries], given_up, now)
    return sent


def _with_words(parcels: Sequence[Parcel], words: Mapping[UUID, Words]) -> Iterator[Parcel]:
    """Yield the messages without the deliveries for which there is no reason any more; those are not sent."""
    for parcel in parcels:
        kept = [delivery for delivery in parcel.deliveries if delivery.notice_id in words]
        for delivery in parcel.deliveries:
            if delivery.notice_id not in words:
                delivery.status, delivery.next_attempt_at, delivery.last_error = Delivery.Status.SKIPPED, None, ""
        if kept:
            yield replace(parcel, deliveries=kept)


def _note(deliveries: Sequence[Delivery], given_up: Sequence[Delivery], now: datetime) -> None:
    if not given_up:
        RESULTS.update(deliveries)
        return
    with transaction.atomic():
        RESULTS.update(deliveries)
        fall_back(notices=[delivery.notice for delivery in given_up], now=now)


def _carry(parcel: Parcel, carrier: Carrier, message: Message | None) -> None:
    if message is None:
        raise NEVER_HEARD
    try:
        carrier.carry(channel=parcel.channel, message=message, message_id=parcel.message_id)
    except NotTaken:
        raise
    except Exception as error:
        logger.exception("Message %s could not be carried", parcel.message_id)
        raise NotTaken(type(error).__name__) from error


def _succeeded(parcel: Parcel, now: datetime) -> None:
    for delivery in parcel.deliveries:
        delivery.status, delivery.sent_at, delivery.next_attempt_at = Delivery.Status.SENT, now, None
        delivery.last_error = ""


def _give_back(parcel: Parcel, now: datetime) -> None:
    for delivery in parcel.deliveries:
        delivery.attempts, delivery.next_attempt_at = delivery.attempts - 1, now


def _failed(parcel: Parcel, problem: NotTaken, now: datetime) -> list[Delivery]:
    """Note the failure; return what another channel or person shall hear of: after some tries, or at once for good."""
    pause = None if problem.is_permanent else pause_after(parcel.attempts)
    gives_up = problem.is_permanent or parcel.attempts >= FALLS_BACK_AFTER
    given_up = []
    for delivery in parcel.deliveries:
        delivery.next_attempt_at = now + pause if pause else None
        delivery.last_error = problem.reason[:LONGEST_ERROR]
        if gives_up and delivery.status == Delivery.Status.WAITING:
            delivery.status, delivery.failed_at = Delivery.Status.FAILED, now
            given_up.append(delivery)
    return given_up


def message_for(*, batch: Sequence[Delivery], words: Mapping[UUID, Words]) -> Message:
    """Return the words for deliveries to one destination; what several readers are told alike stands once."""
    first = batch[0]
    with translation.override(language_of(first.notice.person)):
        told = dict.fromkeys((delivery.notice.event_id, words[delivery.notice_id]()) for delivery in batch)
        entries = [facts for _event_id, facts in told]
        if len(entries) == 1:
            return compose(entries[0])
        most_bytes = longest_for(first.channel_kind)
        return compose_digest(entries=entries, link=f"{settings.PUBLIC_URL}/notices", most_bytes=most_bytes)
