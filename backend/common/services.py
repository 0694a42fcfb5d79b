"""Signs of life, and forgetting what is no longer needed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from backend.common.models import OF_ACCOUNTS, IdempotencyRecord, OutboxMessage, ProcessHeartbeat, Tries
from backend.common.sealed.answers import answer_sealed
from backend.common.sealed.cipher import PREFIX

IDEMPOTENCY_KEPT = timedelta(hours=48)
OUTBOX_KEPT = timedelta(days=7)
PURGE_BATCH = 1000


def heartbeat_record(*, name: str, now: datetime) -> None:
    """Note that a process of this name is alive."""
    ProcessHeartbeat.objects.bulk_create(
        [ProcessHeartbeat(name=name, beat_at=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beat_at"],
    )


def idempotency_purge(*, now: datetime) -> int:
    """Delete up to 1000 remembered answers older than 48 hours; return how many."""
    old = IdempotencyRecord.objects.filter(created_at__lt=now - IDEMPOTENCY_KEPT).order_by("created_at")
    return IdempotencyRecord.objects.filter(pk__in=old.values("pk")[:PURGE_BATCH]).delete()[0]


def answers_empty(*, naming: Iterable[UUID]) -> int:
    """Empty the remembered answers that name one of these ids, so that what is erased is sent to nobody again.

    They stay remembered: a request that is repeated does nothing twice, and its answer has no body. What pages remember
    holds no words.
    """
    named = Q()
    for one in naming:
        named |= Q(body__contains=str(one)) | Q(body__contains=f"{PREFIX}{one.hex}.")
    given = IdempotencyRecord.objects.filter(named, scope__startswith=OF_ACCOUNTS)
    return given.update(body="") if named else 0


def answers_seal(*, matter: UUID) -> None:
    """Seal the remembered answers that name a matter that became confidential."""
    for record in IdempotencyRecord.objects.filter(body__contains=str(matter), scope__startswith=OF_ACCOUNTS):
        IdempotencyRecord.objects.filter(pk=record.pk).update(body=answer_sealed(record.body, matters=[matter]))


def outbox_purge(*, now: datetime) -> int:
    """Delete up to 1000 messages done more than seven days ago; given-up ones stay for a person to look at."""
    old = OutboxMessage.objects.filter(done_at__lt=now - OUTBOX_KEPT).order_by("done_at")
    return OutboxMessage.objects.filter(pk__in=old.values("pk")[:PURGE_BATCH]).delete()[0]


def tries_purge(*, now: datetime) -> int:
    """Delete up to 1000 counts whose time is over; return how many."""
    old = Tries.objects.filter(forget_at__lt=now).order_by("forget_at")
    return Tries.objects.filter(pk__in=old.values("pk")[:PURGE_BATCH]).delete()[0]
