"""The API of one's own passkeys: list, add by a ceremony of the browser, remove; and asking for one to sign in."""

import json
from datetime import datetime
from typing import cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.models import User
from backend.accounts.passkey_serializers import (
    CeremonyOutput,
    PasskeyAskInput,
    PasskeyInput,
    PasskeyListOutput,
    PasskeyOutput,
)
from backend.accounts.services.ceremonies import Purpose, ceremony_take, ceremony_token, passkeys_require
from backend.accounts.services.factor_rows import passkey_remove
from backend.accounts.services.factors import recovery_codes_left
from backend.accounts.services.passkeys import Ceremony, passkey_add, passkey_ask, passkey_begin
from backend.accounts.sign_in import credentials_check
from backend.accounts.throttling import SignInThrottle
from backend.accounts.token_proof import proof_require
from backend.common.access import ACCOUNT, PUBLIC
from backend.common.asking import AskedView
from backend.common.clock import database_now
from backend.common.idempotency import idempotent
from backend.common.openapi import ProblemSerializer
from backend.common.parsers import SmallJSONParser
from backend.common.problems import MEDIA_TYPE


class TokenPasskeyView(AskedView):
    """Ask for a passkey before a token is asked for."""

    access = PUBLIC
    authentication_classes = []
    parser_classes = [SmallJSONParser]
    permission_classes = [AllowAny]
    throttle_classes = [SignInThrottle]
    is_conflicting = frozenset({"post"})

    @extend_schema(
        operation_id="token_passkey_ask",
        request=PasskeyAskInput,
        responses={200: CeremonyOutput, (401, MEDIA_TYPE): ProblemSerializer},
        tags=["tokens"],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Begin signing in with a passkey: the answer of the browser goes to `POST /tokens`. Needs no idempotency key.

        An account without a passkey is asked for none of them, so that the browser has nothing to offer.
        """
        shape = PasskeyAskInput(data=request.data)
        shape.is_valid(raise_exception=True)
        passkeys_require()
        now = database_now()
        user = credentials_check(request=request, now=now, **shape.validated_data)
        return _begun(user, Purpose.SIGN_IN, passkey_ask(user=user), now)


class PasskeyListView(AskedView):
    """The passkeys of the account; at most ten."""

    access = ACCOUNT
    permission_classes = [IsAuthenticated]
    parser_classes = [SmallJSONParser]
    uses_idempotency_key = True
    is_conflicting = frozenset({"post"})

    @extend_schema(operation_id="me_passkeys_list", responses=PasskeyListOutput, tags=["me"])
    def get(self, request: Request) -> Response:
        """Answer with all of them, the first one first, and how many recovery codes are left."""
        user = _account(request)
        rows = PasskeyOutput(user.passkeys.order_by("added_at", "id"), many=True).data
        return Response({"items": rows, "recovery_codes_left": recovery_codes_left(user=user)})

    @extend_schema(operation_id="me_passkeys_create", request=PasskeyInput, responses={201: PasskeyOutput}, tags=["me"])
    def post(self, request: Request) -> Response:
        """Add the passkey that the browser made; from now on signing in asks for it. Needs a token of ten minutes."""
        proof_require(request)
        user = _account(request)

        def act(now: datetime) -> Response:
            shape = PasskeyInput(data=request.data)
            shape.is_valid(raise_exception=True)
            given = shape.validated_data
            challenge = ceremony_take(user=user, purpose=Purpose.ADD, token=given["ceremony"], now=now)
            made = json.dumps(given["credential"])
            row = passkey_add(user=user, credential=made, challenge=challenge, name=given["name"], now=now)
            return Response(PasskeyOutput(row).data, status=201)

        return idempotent(request, act)


class PasskeyCeremonyView(AskedView):
    """Making a passkey in the browser."""

    access = ACCOUNT
    permission_classes = [IsAuthenticated]
    is_conflicting = frozenset({"get"})

    @extend_schema(operation_id="me_passkeys_begin", responses=CeremonyOutput, tags=["me"])
    def get(self, request: Request) -> Response:
        """Answer with what the browser is asked to make, another one each time."""
        passkeys_require()
        user = _account(request)
        return _begun(user, Purpose.ADD, passkey_begin(user=user), database_now())


class PasskeyView(AskedView):
    """One passkey of the account."""

    access = ACCOUNT
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me_passkeys_destroy", request=None, responses={204: None}, tags=["me"])
    def delete(self, request: Request, passkey_id: UUID) -> Response:
        """Let it count no more. Needs a token of the last ten minutes."""
        proof_require(request)
        passkey_remove(user=_account(request), passkey_id=passkey_id, now=database_now())
        return Response(status=204)


def _begun(user: User, purpose: Purpose, ceremony: Ceremony, now: datetime) -> Response:
    token = ceremony_token(user=user, purpose=purpose, ceremony=ceremony, now=now)
    begun = {"options": json.loads(ceremony.options), "ceremony": token}
    return Response(CeremonyOutput(begun).data, headers={"Cache-Control": "no-store"})


def _account(request: Request) -> User:
    """Return who asks; the views let in nobody else."""
    return cast("User", request.user)
