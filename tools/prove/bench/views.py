"""Two ways of storing one row: behind everything a report passes through, and behind nothing."""

from datetime import datetime
from typing import Any

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.common.clock import database_now
from backend.common.idempotency import idempotent
from tools.prove.bench.models import Row


class BareInsertView(APIView):
    """Insert one row behind the same middleware, authentication, throttle, parser and idempotency as a report."""

    permission_classes = [IsAuthenticated]

    def post(self, request: Request) -> Response:
        """Store the text."""

        def act(now: datetime) -> Response:
            row = Row.objects.create(principal=request.user.pk, stored_at=now, text=_text_of(request))
            return Response({"id": row.pk}, status=201)

        return idempotent(request, act)


class PlainInsertView(APIView):
    """Insert one row and nothing else: no account, no throttle, no idempotency."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    throttle_classes: list[Any] = []

    def post(self, request: Request) -> Response:
        """Store the text."""
        row = Row.objects.create(principal=0, stored_at=database_now(), text=_text_of(request))
        return Response({"id": row.pk}, status=201)


def _text_of(request: Request) -> str:
    body = request.data
    return str(body["description"]) if isinstance(body, dict) else ""
