"""The API of webhooks, for the program to which they belong."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import HEADER, idempotent
from backend.integrations.errors import ServiceSecretDead, WebhookOfProgram
from backend.integrations.models import Webhook, WebhookDelivery
from backend.integrations.selectors.webhooks import (
    account_behind,
    deliveries_of,
    secret_is_newest,
    webhook_get,
    webhooks_own,
)
from backend.integrations.services.webhooks import (
    WebhookMade,
    webhook_make,
    webhook_remove,
    webhook_replay,
    webhook_rotate,
    webhook_switch,
    webhook_test,
)
from backend.integrations.signing import secret_made
from backend.integrations.webhook_serializers import (
    WebhookDeliveryOutput,
    WebhookInput,
    WebhookOutput,
    WebhookReplayInput,
    WebhookReplayOutput,
    WebhookSecretOutput,
    WebhookSwitchInput,
)
from backend.organisation.scopes import Scope
from backend.organisation.staff_view import StaffView


class WebhookListView(StaffView, ListAPIView[Webhook]):
    """The webhooks of the program that asks."""

    scope = {"get": Scope.WEBHOOKS_MANAGE, "post": Scope.WEBHOOKS_MANAGE}
    serializer_class = WebhookOutput
    ordering = ("-made_at", "id")
    uses_idempotency_key = True

    def get_queryset(self) -> QuerySet[Webhook]:
        """Return them."""
        return webhooks_own(actor=self.actor)

    @extend_schema(operation_id="webhooks_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them, the newest first; a person has none."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="webhooks_create", request=WebhookInput, responses={201: WebhookSecretOutput})
    def post(self, request: Request) -> Response:
        """Make one. Its secret is shown only here."""

        def make(now: datetime) -> WebhookMade:
            account = account_behind(actor=self.actor)
            if account is None:
                raise WebhookOfProgram
            given = WebhookInput(data=request.data)
            given.is_valid(raise_exception=True)
            return webhook_make(account=account, key=request.headers[HEADER], now=now, **given.validated_data)

        return with_webhook_secret(request, make, status.HTTP_201_CREATED)


class WebhookDetailView(StaffView):
    """One webhook."""

    scope = {"get": Scope.WEBHOOKS_MANAGE, "delete": Scope.WEBHOOKS_MANAGE}

    @extend_schema(operation_id="webhooks_retrieve", responses=WebhookOutput)
    def get(self, _request: Request, webhook_id: UUID) -> Response:
        """Answer with it."""
        return Response(WebhookOutput(webhook_get(actor=self.actor, webhook_id=webhook_id)).data)

    @extend_schema(operation_id="webhooks_destroy", responses={204: None})
    def delete(self, _request: Request, webhook_id: UUID) -> Response:
        """Remove it, with the log of what was sent to it."""
        webhook_remove(webhook=webhook_get(actor=self.actor, webhook_id=webhook_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class WebhookSwitchView(StaffView):
    """The switch of a webhook."""

    scope = {"post": Scope.WEBHOOKS_MANAGE}
    uses_idempotency_key = True

    @extend_schema(operation_id="webhooks_switch", request=WebhookSwitchInput, responses=WebhookOutput)
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Switch it on or off; while it is off nothing is kept for it: send again from the last event known."""

        def act(_now: datetime) -> Response:
            webhook = webhook_get(actor=self.actor, webhook_id=webhook_id)
            given = WebhookSwitchInput(data=request.data)
            given.is_valid(raise_exception=True)
            return Response(WebhookOutput(webhook_switch(webhook=webhook, **given.validated_data)).data)

        return idempotent(request, act)


class WebhookRotateView(StaffView):
    """A new secret for a webhook."""

    scope = {"post": Scope.WEBHOOKS_MANAGE}
    uses_idempotency_key = True

    @extend_schema(operation_id="webhooks_rotate", request=None, responses=WebhookSecretOutput)
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Make it; it is shown only here. For seven days messages are signed with both."""

        def rotate(now: datetime) -> WebhookMade:
            webhook = webhook_get(actor=self.actor, webhook_id=webhook_id)
            return webhook_rotate(webhook=webhook, key=request.headers[HEADER], now=now)

        return with_webhook_secret(request, rotate, status.HTTP_200_OK)


class WebhookTestView(StaffView):
    """A message to a webhook that tells of no event."""

    scope = {"post": Scope.WEBHOOKS_MANAGE}
    uses_idempotency_key = True

    @extend_schema(operation_id="webhooks_test", request=None, responses={202: WebhookDeliveryOutput})
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Have it sent; the deliveries say how that went."""

        def act(now: datetime) -> Response:
            webhook = webhook_get(actor=self.actor, webhook_id=webhook_id)
            delivery = webhook_test(webhook=webhook, now=now)
            return Response(WebhookDeliveryOutput(delivery).data, status=status.HTTP_202_ACCEPTED)

        return idempotent(request, act)


class WebhookReplayView(StaffView):
    """Everything from an event on, once more."""

    scope = {"post": Scope.WEBHOOKS_MANAGE}
    uses_idempotency_key = True

    @extend_schema(operation_id="webhooks_replay", request=WebhookReplayInput, responses={202: WebhookReplayOutput})
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Have it sent again under the same ids, as it may be told now."""

        def act(now: datetime) -> Response:
            webhook = webhook_get(actor=self.actor, webhook_id=webhook_id)
            given = WebhookReplayInput(data=request.data)
            given.is_valid(raise_exception=True)
            count = webhook_replay(webhook=webhook, event_id=given.validated_data["event"], now=now)
            return Response(WebhookReplayOutput({"count": count}).data, status=status.HTTP_202_ACCEPTED)

        return idempotent(request, act)


class WebhookDeliveryListView(StaffView, ListAPIView[WebhookDelivery]):
    """The log of what was sent to a webhook, without any content."""

    scope = {"get": Scope.WEBHOOKS_MANAGE}
    serializer_class = WebhookDeliveryOutput
    ordering = ("-created_at", "id")

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        """Return the rows of one that is the program's own."""
        return deliveries_of(webhook=webhook_get(actor=self.actor, webhook_id=self.kwargs["webhook_id"]))

    @extend_schema(operation_id="webhooks_deliveries")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of it, the latest first; it is kept for 31 days."""
        return super().get(request, *args, **kwargs)


def with_webhook_secret(request: Request, make: Callable[[datetime], WebhookMade], code: int) -> Response:
    """Answer with a secret that was just made, and with the same one again to a repeated request while it counts."""

    def act(now: datetime) -> Response:
        return Response(WebhookSecretOutput(make(now).webhook).data, status=code)

    def still_shown(body: Any) -> Any:
        made_at = datetime.fromisoformat(body["secret_made_at"])
        if not secret_is_newest(webhook_id=UUID(str(body["id"])), made_at=made_at):
            raise ServiceSecretDead
        return body

    response = idempotent(request, act, still_shown=still_shown)
    body = response.data
    made_at = datetime.fromisoformat(str(body["secret_made_at"]))
    secret = secret_made(webhook_id=UUID(str(body["id"])), key=request.headers[HEADER], made_at=made_at)
    response.data = {**body, "secret": secret}
    response.headers["Cache-Control"] = "no-store"
    return response
