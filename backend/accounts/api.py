"""Signing in and out over the API."""

from django.contrib.auth.signals import user_logged_in
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.devices import device_remember
from backend.accounts.serializers import TokenInput, TokenOutput
from backend.accounts.services import token_end, token_issue
from backend.accounts.sign_in import credentials_check
from backend.accounts.throttling import SignInThrottle
from backend.common.access import ACCOUNT, PUBLIC
from backend.common.clock import database_now
from backend.common.openapi import ProblemSerializer
from backend.common.problems import MEDIA_TYPE


class TokensView(APIView):
    """Give a token for a name and a password."""

    access = PUBLIC
    authentication_classes = []
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
        """Sign in: answers a token for the `Authorization` header. Needs no idempotency key."""
        shape = TokenInput(data=request.data)
        shape.is_valid(raise_exception=True)
        now = database_now()
        user = credentials_check(request=request, now=now, **shape.validated_data)
        issued = token_issue(user=user, now=now)
        user_logged_in.send(sender=type(user), request=request, user=user)
        headers = {"Cache-Control": "no-store"}
        response = Response(TokenOutput(issued).data, status=status.HTTP_201_CREATED, headers=headers)
        device_remember(request=request, response=response, username=user.username)
        return response


class CurrentTokenView(APIView):
    """The token of this very request."""

    access = ACCOUNT
    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="token_end", request=None, responses={204: None}, tags=["tokens"])
    def delete(self, request: Request) -> Response:
        """Sign out: the token ends at once."""
        token_end(token=request.auth)
        return Response(status=status.HTTP_204_NO_CONTENT)
