"""Webhooks of a service account: made, switched, given a new secret, tried, sent again from an event, removed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from backend.common.errors import NotFound
from backend.common.publishing import wake
from backend.integrations.errors import ServiceOver, TooManyWebhooks, WebhookOff, WebhookOfSchool
from backend.integrations.models import FeedEntry, ServiceAccount, Webhook, WebhookDelivery
from backend.integrations.services.planning import DELIVER, entries_plan
from backend.integrations.signing import secret_made, secret_sealed
from backend.organisation.addresses import address_clean
from backend.organisation.models import ContactChannel

MOST_WEBHOOKS = 5
MOST_AGAIN = 10_000
FORMER_GOOD_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WebhookMade:
    """A webhook with the secret that was just made; it is shown to nobody again."""

    webhook: Webhook
    secret: str


@transaction.atomic
def webhook_make(
    *, account: ServiceAccount, address: str, types: Collection[str], key: str, now: datetime
) -> WebhookMade:
    """Make one; raise ServiceOver, WebhookOfSchool, TooManyWebhooks, AddressWrong or AddressInside."""
    account = ServiceAccount.objects.select_for_update(no_key=True).get(id=account.id)
    if account.revoked_at is not None or account.ends_at <= now:
        raise ServiceOver
    if account.school_id is None:
        raise WebhookOfSchool
    if account.webhooks.count() >= MOST_WEBHOOKS:
        raise TooManyWebhooks
    clean = address_clean(kind=ContactChannel.Kind.WEBHOOK, address=address, allowed_hosts=settings.INTRANET_HOOK_HOSTS)
    webhook = Webhook(account=account, address=clean, types=sorted(set(types)), made_at=now)
    secret = _secret_give(webhook, key, now)
    webhook.save(force_insert=True)
    return WebhookMade(webhook, secret)


@transaction.atomic
def webhook_rotate(*, webhook: Webhook, key: str, now: datetime) -> WebhookMade:
    """Give one a new secret; for seven days messages are signed with both."""
    webhook = _locked(webhook)
    webhook.former_secret, webhook.former_until = webhook.secret, now + FORMER_GOOD_FOR
    secret = _secret_give(webhook, key, now)
    webhook.save(update_fields=["secret", "secret_made_at", "former_secret", "former_until"])
    return WebhookMade(webhook, secret)


@transaction.atomic
def webhook_switch(*, webhook: Webhook, is_on: bool) -> Webhook:
    """Switch one on or off; while it is off nothing is planned for it, and what was planned is given up."""
    webhook = _locked(webhook)
    webhook.is_on = is_on
    webhook.refused_at = None if is_on else webhook.refused_at
    webhook.save(update_fields=["is_on", "refused_at"])
    return webhook


@transaction.atomic
def webhook_remove(*, webhook: Webhook) -> None:
    """Remove one, with the log of what was sent to it."""
    _locked(webhook).delete()


@transaction.atomic
def webhook_test(*, webhook: Webhook, now: datetime) -> WebhookDelivery:
    """Have a message without an event sent to one; raise WebhookOff."""
    if not _locked(webhook).is_on:
        raise WebhookOff
    delivery = WebhookDelivery.objects.create(webhook=webhook, message_id=uuid4(), created_at=now, next_attempt_at=now)
    transaction.on_commit(partial(wake, DELIVER), robust=True)
    return delivery


@transaction.atomic
def webhook_replay(*, webhook: Webhook, event_id: UUID, now: datetime) -> int:
    """Have what the program may know of an event and all after it sent again, up to ten thousand; return how many.

    Raises WebhookOff, and NotFound for an event that is not kept among this school's.
    """
    webhook = _locked(webhook)
    if not webhook.is_on:
        raise WebhookOff
    near = FeedEntry.objects.filter(school=webhook.account.school_id).select_related("event", "ticket")
    first = near.filter(event=event_id).first()
    if first is None:
        raise NotFound(pointer="/from")
    entries = list(near.filter(position__gte=first.position).order_by("position")[:MOST_AGAIN])
    return entries_plan(webhooks=[webhook], entries=entries, now=now)


def _secret_give(webhook: Webhook, key: str, now: datetime) -> str:
    secret = secret_made(webhook_id=webhook.id, key=key, made_at=now)
    webhook.secret, webhook.secret_made_at = secret_sealed(secret), now
    return secret


def _locked(webhook: Webhook) -> Webhook:
    found = Webhook.objects.select_for_update(of=("self",)).select_related("account").filter(id=webhook.id).first()
    if found is None:
        raise NotFound
    return found
