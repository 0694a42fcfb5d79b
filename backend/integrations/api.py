"""The API of service accounts, for whoever administers a school or bureau."""

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

import backend.integrations.schemes  # noqa: F401 - makes it known
from backend.common.idempotency import HEADER, idempotent
from backend.integrations.models import ServiceAccount, ServiceCall
from backend.integrations.selectors import account_get, accounts_of, calls_of, secret_check
from backend.integrations.serializers import (
    RotateInput,
    ServiceCallOutput,
    ServiceInput,
    ServiceOutput,
    ServiceSecretOutput,
)
from backend.integrations.services.accounts import Made, service_make, service_revoke, service_rotate
from backend.integrations.tokens import service_token
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView


class ServiceListView(StaffView, ListAPIView[ServiceAccount]):
    """The service accounts of the signed-in person's school or bureau."""

    access = Permission.SERVICES_MANAGE
    serializer_class = ServiceOutput
    ordering = ("-made_at", "id")
    uses_idempotency_key = True

    def get_queryset(self) -> QuerySet[ServiceAccount]:
        """Return them, those that ended among them."""
        return accounts_of(actor=self.actor)

    @extend_schema(operation_id="service_accounts_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them, the newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="service_accounts_create", request=ServiceInput, responses={201: ServiceSecretOutput})
    def post(self, request: Request) -> Response:
        """Make one. Its secret is shown only here; principal and student protection lead are told."""

        def make(now: datetime) -> Made:
            given = ServiceInput(data=request.data)
            given.is_valid(raise_exception=True)
            return service_make(actor=self.actor, draft=given.draft(), key=request.headers[HEADER], now=now)

        return with_secret(request, make, status.HTTP_201_CREATED)


class ServiceDetailView(StaffView):
    """One service account."""

    access = Permission.SERVICES_MANAGE

    @extend_schema(operation_id="service_accounts_retrieve", responses=ServiceOutput)
    def get(self, _request: Request, account_id: UUID) -> Response:
        """Answer with it."""
        account = account_get(actor=self.actor, account_id=account_id)
        self.actor.require(Permission.SERVICES_MANAGE)
        return Response(ServiceOutput(account).data)


class ServiceRotateView(StaffView):
    """A new secret for a service account."""

    access = Permission.SERVICES_MANAGE
    uses_idempotency_key = True

    @extend_schema(operation_id="service_accounts_rotate", request=RotateInput, responses=ServiceSecretOutput)
    def post(self, request: Request, account_id: UUID) -> Response:
        """Make it; it is shown only here. The one before works for seven days more, unless it is to stop at once."""

        def rotate(now: datetime) -> Made:
            account_get(actor=self.actor, account_id=account_id)
            given = RotateInput(data=request.data)
            given.is_valid(raise_exception=True)
            at_once = given.validated_data["at_once"]
            key = request.headers[HEADER]
            return service_rotate(actor=self.actor, account_id=account_id, key=key, at_once=at_once, now=now)

        return with_secret(request, rotate, status.HTTP_200_OK)


class ServiceRevokeView(StaffView):
    """The end of a service account."""

    access = Permission.SERVICES_MANAGE
    uses_idempotency_key = True

    @extend_schema(operation_id="service_accounts_revoke", request=None, responses=ServiceOutput)
    def post(self, request: Request, account_id: UUID) -> Response:
        """End it for good, now; what it asked for stays in the record."""

        def act(now: datetime) -> Response:
            account = service_revoke(actor=self.actor, account_id=account_id, now=now)
            return Response(ServiceOutput(account).data)

        return idempotent(request, act)


class ServiceCallListView(StaffView, ListAPIView[ServiceCall]):
    """The record of what a service account asked for: by day, operation and person, without any content."""

    access = Permission.SERVICES_MANAGE
    serializer_class = ServiceCallOutput
    ordering = ("-last_at", "id")

    def get_queryset(self) -> QuerySet[ServiceCall]:
        """Return the rows of one that is the reader's to manage."""
        account = account_get(actor=self.actor, account_id=self.kwargs["account_id"])
        self.actor.require(Permission.SERVICES_MANAGE)
        return calls_of(account=account)

    @extend_schema(operation_id="service_accounts_calls")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of it, the latest first; it is kept for 400 days."""
        return super().get(request, *args, **kwargs)


def with_secret(request: Request, make: Callable[[datetime], Made], code: int) -> Response:
    """Answer with a secret that was just made, and with the same one again to a repeated request while it works."""

    def token_of(body: Any) -> str:
        made_at = datetime.fromisoformat(body["secret_made_at"])
        return service_token(account_id=UUID(str(body["id"])), key=request.headers[HEADER], made_at=made_at)

    def act(now: datetime) -> Response:
        return Response(ServiceSecretOutput(make(now).account, context={"made_at": now}).data, status=code)

    def still_shown(body: Any) -> Any:
        secret_check(account_id=UUID(body["id"]), token=token_of(body))
        return body

    # What is stored to be repeated holds no secret: that is computed again from the key and the instant.
    response = idempotent(request, act, still_shown=still_shown)
    response.data = {**response.data, "secret": token_of(response.data)}
    response.headers["Cache-Control"] = "no-store"
    return response
