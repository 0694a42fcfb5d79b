"""The API of sign-ins elsewhere: set up by whoever administers a school, and each person's own links."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.models import User
from backend.accounts.token_proof import proof_require
from backend.common.clock import database_now
from backend.common.idempotency import idempotent
from backend.identity.models import IdentityProvider
from backend.identity.selectors import identities_of, provider_get, providers_of
from backend.identity.serializers import IdentityListOutput, ProviderInput, ProviderOutput, ProviderSettingsInput
from backend.identity.services.linking import identity_end
from backend.identity.services.providers import provider_change, provider_make, provider_switch
from backend.organisation.permissions import Permission
from backend.organisation.staff_view import StaffView


class ProviderListView(StaffView, ListAPIView[IdentityProvider]):
    """The systems at which people of the signed-in person's school sign in."""

    access = Permission.PROVIDERS_MANAGE
    serializer_class = ProviderOutput
    ordering = ("-made_at", "id")
    uses_idempotency_key = True

    def get_queryset(self) -> QuerySet[IdentityProvider]:
        """Return them, those that are off among them."""
        return providers_of(actor=self.actor)

    @extend_schema(operation_id="identity_providers_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with a page of them, the newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="identity_providers_create", request=ProviderInput, responses={201: ProviderOutput})
    def post(self, request: Request) -> Response:
        """Set one up. It stays off until somebody has tried it on its page."""

        def make(now: datetime) -> Response:
            given = ProviderInput(data=request.data)
            given.is_valid(raise_exception=True)
            sent = given.validated_data
            made = provider_make(
                actor=self.actor, kind=sent["kind"], issuer=sent["issuer"], draft=given.draft(), now=now
            )
            return Response(ProviderOutput(made).data, status=status.HTTP_201_CREATED)

        return idempotent(request, make)


class ProviderView(StaffView):
    """One system at which people sign in."""

    access = Permission.PROVIDERS_MANAGE

    @extend_schema(operation_id="identity_providers_retrieve", responses=ProviderOutput)
    def get(self, _request: Request, provider_id: UUID) -> Response:
        """Answer with it."""
        provider = provider_get(actor=self.actor, provider_id=provider_id)
        self.actor.require(Permission.PROVIDERS_MANAGE)
        return Response(ProviderOutput(provider).data)

    @extend_schema(operation_id="identity_providers_change", request=ProviderSettingsInput, responses=ProviderOutput)
    def put(self, request: Request, provider_id: UUID) -> Response:
        """Change its settings. It is off from then on, until somebody has tried it again."""
        provider_get(actor=self.actor, provider_id=provider_id)
        given = ProviderSettingsInput(data=request.data)
        given.is_valid(raise_exception=True)
        changed = provider_change(actor=self.actor, provider_id=provider_id, draft=given.draft(), now=database_now())
        return Response(ProviderOutput(changed).data)


class ProviderSwitchView(StaffView):
    """Letting people sign in at a system, or not any more."""

    access = Permission.PROVIDERS_MANAGE
    uses_idempotency_key = True

    def switched(self, request: Request, provider_id: UUID, *, is_on: bool) -> Response:
        """Answer with the provider as it stands then."""

        def act(now: datetime) -> Response:
            provider = provider_switch(actor=self.actor, provider_id=provider_id, is_on=is_on, now=now)
            return Response(ProviderOutput(provider).data)

        return idempotent(request, act)


class ProviderOnView(ProviderSwitchView):
    """Letting people sign in at a system."""

    @extend_schema(operation_id="identity_providers_switch_on", request=None, responses=ProviderOutput)
    def post(self, request: Request, provider_id: UUID) -> Response:
        """Switch it on; only after it was tried with its present settings. Principal and protection lead are told."""
        return self.switched(request, provider_id, is_on=True)


class ProviderOffView(ProviderSwitchView):
    """Letting nobody sign in at a system any more."""

    @extend_schema(operation_id="identity_providers_switch_off", request=None, responses=ProviderOutput)
    def post(self, request: Request, provider_id: UUID) -> Response:
        """Switch it off; sessions that are open stay open."""
        return self.switched(request, provider_id, is_on=False)


class IdentityListView(StaffView):
    """The links of the account with who its owner is elsewhere."""

    @extend_schema(operation_id="me_identities_list", responses=IdentityListOutput, tags=["me"])
    def get(self, request: Request) -> Response:
        """Answer with all of them. A new one is made on the page of the account, in a browser."""
        rows = identities_of(user=cast("User", request.user))
        return Response(IdentityListOutput({"items": rows}).data)


class IdentityView(StaffView):
    """One link of the account."""

    @extend_schema(operation_id="me_identities_end", request=None, responses={204: None}, tags=["me"])
    def delete(self, request: Request, identity_id: UUID) -> Response:
        """End it, and the sessions opened by it; its owner is told by mail. Needs a sign-in of the last ten minutes."""
        proof_require(request)
        identity_end(user=cast("User", request.user), identity_id=identity_id, now=database_now())
        return Response(status=status.HTTP_204_NO_CONTENT)
