"""Reads of webhooks: whose they are, which of them events are sent to, and what was sent."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from backend.common.errors import NotFound
from backend.integrations.models import ServiceAccount, Webhook, WebhookDelivery
from backend.integrations.signing import secret_opened
from backend.organisation.actors import NO_SCHOOL, Actor
from backend.organisation.roles import Role

LIVING = Q(account__revoked_at=None, account__ends_at__gt=Now())


def account_behind(*, actor: Actor) -> ServiceAccount | None:
    """Return the service account by which another program asks; None for a person."""
    return ServiceAccount.objects.filter(id=actor.through.id).first() if actor.through else None


def secret_is_newest(*, webhook_id: UUID, made_at: datetime) -> bool:
    """Say whether the secret made at an instant is still the one of a webhook."""
    return Webhook.objects.filter(id=webhook_id, secret_made_at=made_at).exists()


def webhooks_own(*, actor: Actor) -> QuerySet[Webhook]:
    """Return the webhooks of the program that asks; a person has none."""
    account = actor.through.id if actor.through else NO_SCHOOL
    return Webhook.objects.filter(account=account).select_related("account")


def webhook_get(*, actor: Actor, webhook_id: UUID) -> Webhook:
    """Return a webhook of the program that asks, or NotFound."""
    webhook = webhooks_own(actor=actor).filter(id=webhook_id).first()
    if webhook is None:
        raise NotFound
    return webhook


def webhooks_of(*, account: ServiceAccount) -> QuerySet[Webhook]:
    """Return the webhooks of a service account to which the caller was let in."""
    return Webhook.objects.filter(account=account).select_related("account")


def webhooks_on(*, schools: Collection[UUID]) -> list[Webhook]:
    """Return the webhooks to which the events of some schools are sent."""
    on = Webhook.objects.filter(LIVING, is_on=True, account__school__in=schools)
    return list(on.select_related("account").order_by("made_at", "id"))


def deliveries_of(*, webhook: Webhook) -> QuerySet[WebhookDelivery]:
    """Return what was sent, or is to be, to a webhook to which the caller was let in."""
    return WebhookDelivery.objects.filter(webhook=webhook)


def secrets_of(*, webhook: Webhook, now: datetime) -> list[str]:
    """Return the secrets by which messages are signed now: the newest first, the former one while both count."""
    sealed = [webhook.secret]
    if webhook.former_until and now < webhook.former_until:
        sealed.append(webhook.former_secret)
    return [secret for one in sealed if (secret := secret_opened(one))]


def webhooks_stopped_standing(
    *,
    news: Mapping[UUID, Mapping[str, Any]],
    readers: Mapping[UUID, Actor],
    now: datetime,  # noqa: ARG001 - as all
) -> set[UUID]:
    """Return which news of webhooks that were switched off still hold: nobody has switched them on again since.

    They are for administrators.
    """
    named = {one: UUID(told["webhook"]) for one, told in news.items()}
    off = Webhook.objects.filter(id__in=set(named.values()), is_on=False, refused_at__isnull=False)
    still = set(off.values_list("id", flat=True))
    return {one for one, webhook in named.items() if webhook in still and readers[one].holds(Role.ADMINISTRATOR)}
