"""Small views that show the conventions of the API over HTTP, before and apart from any domain."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import exceptions, serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

import backend.integrations.schemes  # noqa: F401 - makes it known to the description
from backend.common import views
from backend.common.errors import Conflict
from backend.common.idempotency import idempotent
from backend.common.models import ProcessHeartbeat
from backend.common.pagination import CursorPagination
from backend.common.preconditions import etag, require_match
from backend.common.serializers import AwareDateTimeField, CleanTextField, StrictSerializer
from tests.roles import as_owner


class PersonProbe(StrictSerializer):
    name = CleanTextField(max_length=8, multiline=False)


class ReportProbe(StrictSerializer):
    text = CleanTextField(max_length=20)
    occurred_at = AwareDateTimeField(required=False)
    people = PersonProbe(many=True, required=False)
    tags = serializers.ListField(child=serializers.IntegerField(), required=False)


class HeartbeatProbe(serializers.ModelSerializer[ProcessHeartbeat]):
    class Meta:
        model = ProcessHeartbeat
        fields = ["name", "beat_at"]


class EchoView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(operation_id="echo", request=ReportProbe, responses=ReportProbe)
    def post(self, request: Request) -> Response:
        shape = ReportProbe(data=request.data)
        shape.is_valid(raise_exception=True)
        return Response(shape.data)


class SignedInView(APIView):
    @extend_schema(operation_id="who", responses={200: dict[str, str]})
    def get(self, request: Request) -> Response:
        return Response({"username": request.user.get_username()})


class BeatsView(APIView):
    """Names are given once; `refuse` says after which step the act fails."""

    pagination_class = CursorPagination
    ordering = ("-beat_at", "name")
    uses_idempotency_key = True
    answers_etag = {"post"}

    @extend_schema(operation_id="beats_list", responses=HeartbeatProbe(many=True))
    def get(self, request: Request) -> Response:
        pages = CursorPagination()
        page = pages.paginate_queryset(ProcessHeartbeat.objects.all(), request, self)
        return pages.get_paginated_response(HeartbeatProbe(page, many=True).data)

    @extend_schema(operation_id="beat_create", request=HeartbeatProbe, responses={201: HeartbeatProbe})
    def post(self, request: Request) -> Response:
        data: Any = request.data

        def act(now: datetime) -> Response:
            beat = ProcessHeartbeat.objects.create(name=f"{data['name']} {now.isoformat()}", beat_at=now)
            if data.get("refuse") == "raise":
                raise Conflict
            if data.get("refuse") == "answer":
                return Response({"no": "thanks"}, status=409)
            body = HeartbeatProbe(beat).data
            return Response(body, status=201, headers={"ETag": etag(1), "Location": "/somewhere", "X-Other": "1"})

        return idempotent(request, act)


class BeatView(APIView):
    uses_if_match = True
    answers_etag = True

    @extend_schema(operation_id="beat_change", request=None, responses={200: HeartbeatProbe})
    def patch(self, request: Request, version: int) -> Response:
        require_match(request, version)
        beat = ProcessHeartbeat(name="changed", beat_at=datetime.fromisoformat("2026-09-01T00:00:00+00:00"))
        return Response(HeartbeatProbe(beat).data, headers={"ETag": etag(version + 1)})


def lose_database() -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def fail(error: Exception) -> Callable[[], None]:
    def do() -> None:
        raise error

    return do


DIVIDED_BY_ZERO = "SELECT 1 / 0"
FAILURES: dict[str, Callable[[], None]] = {
    "missing": fail(Http404()),
    "forbidden": fail(PermissionDenied()),
    "conflict": fail(Conflict()),
    "throttled": fail(exceptions.Throttled(wait=1.2)),
    "unforeseen": fail(RuntimeError("secret of the house")),
    "away": lose_database,
    "refused": lambda: connection.cursor().execute(DIVIDED_BY_ZERO),
}


class FailView(APIView):
    permission_classes = [AllowAny]
    throttle_classes = []

    @extend_schema(exclude=True)
    def get(self, _request: Request, kind: str) -> Response:
        FAILURES[kind]()
        return Response()

    @extend_schema(exclude=True)
    def post(self, _request: Request, kind: str) -> Response:
        FAILURES[kind]()
        return Response()


def failing_page(request: HttpRequest, kind: str) -> HttpResponse:
    FAILURES[kind]()
    return HttpResponse()


handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.not_found
handler500 = views.server_error
urlpatterns = [
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("api/docs", views.ApiDocsView.as_view(url_name="schema")),
    path("api/schema", SpectacularAPIView.as_view(authentication_classes=[], throttle_classes=[]), name="schema"),
    path("api/v1/", include("backend.accounts.urls")),
    path("api/v1/echo", EchoView.as_view()),
    path("api/v1/who", SignedInView.as_view()),
    path("api/v1/beats", BeatsView.as_view()),
    path("api/v1/beats/<int:version>", BeatView.as_view()),
    path("api/v1/fail/<slug:kind>", FailView.as_view()),
    path("page/<slug:kind>", failing_page),
]
