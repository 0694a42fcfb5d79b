"""Planning what is sent to webhooks: a delivery for each event that the program may know of, or that hides a ticket."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from django.db import transaction

from backend.common.publishing import wake
from backend.integrations.models import FeedEntry, ServiceAccount, Webhook, WebhookDelivery
from backend.integrations.selectors.events import EventType, events_known
from backend.organisation.actors import Actor, HeldPost, Service
from backend.organisation.roles import Role

DELIVER = "integrations.deliver"


def account_actor(account: ServiceAccount) -> Actor:
    """Return a service account by itself, without a person: it stands to tickets as the safety coordinator does."""
    through = Service(account.id, account.name)
    posts = (HeldPost(Role.COORDINATOR, None),)
    return Actor(0, account.id, account.name, account.school_id, account.bureau_id, posts, through)


def entries_plan(*, webhooks: Sequence[Webhook], entries: Sequence[FeedEntry], now: datetime) -> int:
    """Plan to send entries to the webhooks of their schools, what was sent already again; return how many.

    All programs of a school see the same by themselves, so the policy is asked once for each school.
    """
    by_school: dict[UUID, list[FeedEntry]] = {
        school: list(rows)
        for school, rows in groupby(sorted(entries, key=attrgetter("school_id")), attrgetter("school_id"))
    }
    planned = [
        WebhookDelivery(webhook=webhook, event_id=event.id, message_id=event.id, created_at=now, next_attempt_at=now)
        for school, rows in by_school.items()
        if (hooks := [webhook for webhook in webhooks if webhook.account.school_id == school])
        for event in events_known(actor=account_actor(hooks[0].account), entries=rows)
        if event
        for webhook in hooks
        if event.type == EventType.GONE or event.type in webhook.types
    ]
    WebhookDelivery.objects.bulk_create(
        planned,
        update_conflicts=True,
        unique_fields=["webhook", "message_id"],
        update_fields=["status", "attempts", "next_attempt_at", "last_error", "sent_at"],
    )
    if planned:
        transaction.on_commit(partial(wake, DELIVER), robust=True)
    return len(planned)
