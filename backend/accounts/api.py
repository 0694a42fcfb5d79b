"""Signing in and out over the API, and where one is signed in."""

import json
from typing import cast
from uuid import UUID

from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

import backend.accounts.schemes  # noqa: F401 - makes them known
from backend.accounts.devices import device_remember
from backend.accounts.models import User
from backend.accounts.opening import token_open
from backend.accounts.selectors import sign_ins_of
from backend.accounts.serializers import SignInListOutput, SignInOutput, TokenInput, TokenOutput
from backend.accounts.services import sign_in_end, sign_ins_end_others, token_end
from backend.accounts.services.ceremonies import Purpose, ceremony_take
from backend.accounts.services.factors import factor_code_check
from backend.accounts.services.passkeys import passkey_check
from backend.accounts.sign_in import credentials_check, factor_source
from backend.accounts.throttling import SignInThrottle
from backend.common.access import ACCOUNT, PUBLIC
from backend.common.asking import AskedView
from backend.common.clock import database_now
from backend.common.openapi import ProblemSerializer
from backend.common.parsers import SmallJSONParser
from backend.common.problems import MEDIA_TYPE


class TokensView(AskedView):
    """Give a token for a name and a password."""

    access = PUBLIC
    authentication_classes = []
    parser_classes = [SmallJSONParser]
    permission_classes = [AllowAny]
    throttle_classes = [SignInThrottle]

    @extend_schema(
        operation_id="token_create",
        request=TokenInput,
        responses={201: TokenOutput, (401, MEDIA_TYPE): ProblemSerializer},
        tags=["tokens"],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Sign in: answers a token for the `Authorization` header. Needs no idempotency key.

        An account with a second factor sends a code of its app, a recovery code, or a passkey's answer, too.
        """
        shape = TokenInput(data=request.data)
        shape.is_valid(raise_exception=True)
        now = database_now()
        given = shape.validated_data
        code, passkey = given.pop("code", ""), given.pop("passkey", None)
        user = credentials_check(request=request, now=now, **given)
        if user.second_factor_at is not None and passkey is not None:
            challenge = ceremony_take(user=user, purpose=Purpose.SIGN_IN, token=passkey["ceremony"], now=now)
            passkey_check(user=user, credential=json.dumps(passkey["credential"]), challenge=challenge, now=now)
        elif user.second_factor_at is not None:
            factor_code_check(user=user, code=code, source=factor_source(request, user), now=now)
        issued = token_open(request=request, user=user, now=now)
        headers = {"Cache-Control": "no-store"}
        response = Response(TokenOutput(issued).data, status=status.HTTP_201_CREATED, headers=headers)
        device_remember(request=request, response=response, username=user.username)
        return response


class CurrentTokenView(AskedView):
    """The token of this very request."""

    access = ACCOUNT
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="token_end", request=None, responses={204: None}, tags=["tokens"])
    def delete(self, request: Request) -> Response:
        """Sign out: the token ends at once."""
        token_end(token=request.auth)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SignInListView(AskedView):
    """The sign-ins of the account: sessions of the pages and tokens of the API."""

    access = ACCOUNT
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me_sessions_list", responses=SignInListOutput, tags=["me"])
    def get(self, request: Request) -> Response:
        """Answer with all that are good now, the one used last first; at most fifty of each sort."""
        rows = sign_ins_of(user=_account(request), now=database_now())
        context = {"token": _token(request).digest}
        return Response({"items": SignInOutput(rows, many=True, context=context).data})

    @extend_schema(operation_id="me_sessions_end_others", request=None, responses={204: None}, tags=["me"])
    def delete(self, request: Request) -> Response:
        """End every session and token but the one that asks."""
        sign_ins_end_others(user=_account(request), token_digest=_token(request).digest)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SignInView(AskedView):
    """One session or token of the account."""

    access = ACCOUNT
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="me_sessions_end", request=None, responses={204: None}, tags=["me"])
    def delete(self, request: Request, sign_in_id: UUID) -> Response:
        """End it at once."""
        sign_in_end(user=_account(request), sign_in_id=sign_in_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _token(request: Request) -> AuthToken:
    return cast("AuthToken", request.auth)


def _account(request: Request) -> User:
    """Return who asks; the views let in nobody else."""
    return cast("User", request.user)
