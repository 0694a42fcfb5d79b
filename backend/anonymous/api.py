"""The API of reports without a name: nobody signs in, and a tracking code opens the one report."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from backend.anonymous.codes import code_digest, code_made, key_checked
from backend.anonymous.errors import StillSignedIn
from backend.anonymous.limits import report_count, sources_of
from backend.anonymous.opening import report_opened
from backend.anonymous.photos import photo_take
from backend.anonymous.selectors import choices_at, followed, school_taking, schools_taking
from backend.anonymous.serializers import (
    AnonymousChoicesOutput,
    AnonymousReportInput,
    AnonymousSchoolOutput,
    FollowedOutput,
    MessageInput,
    StepInput,
    TrackingCodeOutput,
    code_answered,
    draft_read,
)
from backend.anonymous.services import report_act_anonymous, report_file_anonymous
from backend.common.access import PUBLIC
from backend.common.asking import AskedView
from backend.common.clock import database_now
from backend.common.idempotency import HEADER, idempotent
from backend.common.openapi import ProblemSerializer
from backend.common.parsers import FILE_BYTES, BytesParser, StrictJSONParser
from backend.common.problems import MEDIA_TYPE
from backend.incidents.models import Report
from backend.workflow.services.unnamed import ticket_write_unnamed

TRACKING_CODE = "Tracking-Code"
CODE = OpenApiParameter(
    TRACKING_CODE,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="The sixteen digits; in a header, because addresses are written down on their way.",
)
REFUSED: dict[Any, Any] = {(409, MEDIA_TYPE): ProblemSerializer, (429, MEDIA_TYPE): ProblemSerializer}


class WordsParser(StrictJSONParser):
    """Reads an object of at most 64 KiB: the longest report, from somebody who did not sign in."""

    most_bytes = 64 * 1024


class PhotoParser(BytesParser):
    """Reads a whole photo, up to 3.5 MB."""

    most_bytes = FILE_BYTES


class AnonymousView(AskedView):
    """A view for somebody without a name: it refuses whoever says, with the request, who they are."""

    access = PUBLIC
    authentication_classes = []
    parser_classes = [WordsParser]
    permission_classes = [AllowAny]
    throttle_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a token, and the session of somebody who signed in."""
        # Before the framework, which asks no session here, puts nobody in the place of the session's user.
        session_user = getattr(request._request, "user", None)  # noqa: SLF001
        if "Authorization" in request.headers or getattr(session_user, "is_authenticated", False):
            raise StillSignedIn
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Tell no other page where its reader came from."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers["Referrer-Policy"] = "no-referrer"
        return final


class AnonymousSchoolsView(AnonymousView):
    """The schools that take reports without a name."""

    @extend_schema(
        operation_id="anonymous_schools_list",
        responses={200: AnonymousSchoolOutput(many=True), **REFUSED},
        tags=["anonymous"],
        auth=[],
    )
    def get(self, _request: Request) -> Response:
        """Answer with up to 200 of them, by name."""
        return Response(AnonymousSchoolOutput(schools_taking(), many=True).data)


class AnonymousSchoolView(AnonymousView):
    """A school that takes reports without a name."""

    @extend_schema(
        operation_id="anonymous_schools_retrieve",
        responses={200: AnonymousChoicesOutput, **REFUSED},
        tags=["anonymous"],
        auth=[],
    )
    def get(self, _request: Request, code: str) -> Response:
        """Answer with what can be reported there, and where."""
        school = school_taking(code=code)
        return Response(AnonymousChoicesOutput(school, context={"choices": choices_at(school=school)}).data)


class AnonymousReportsView(AnonymousView):
    """Reports without a name to one school."""

    uses_idempotency_key = True

    @extend_schema(
        operation_id="anonymous_reports_file",
        request=AnonymousReportInput,
        responses={201: TrackingCodeOutput, (429, MEDIA_TYPE): ProblemSerializer},
        tags=["anonymous"],
        auth=[],
    )
    def post(self, request: Request, code: str) -> Response:
        """File a report and answer with its tracking code; the same key, a random UUID, answers with the same again."""
        now = database_now()
        school = school_taking(code=code)
        draft = draft_read(request.data)
        key = key_checked(request.headers.get(HEADER, ""))
        report_count(school_id=school.id, sources=sources_of(request, now=now), now=now)
        made = code_made(school=str(school.id), key=key)
        report = report_file_anonymous(school=school, draft=draft, digest=code_digest(made), now=now)
        answer = code_answered(code=made, reference=report.ticket.reference, filed_at=report.filed_at)
        return Response(answer, status=status.HTTP_201_CREATED)


class AnonymousReportView(AnonymousView):
    """The report that a tracking code opens."""

    may_be_missing = True

    @extend_schema(
        operation_id="anonymous_report_retrieve",
        parameters=[CODE],
        responses={200: FollowedOutput, **REFUSED},
        tags=["anonymous"],
        auth=[],
    )
    def get(self, request: Request) -> Response:
        """Answer with where it stands, what was written, and what its reporter can do now."""
        now = database_now()
        return Response(FollowedOutput(followed(report=self.opened(request, now), now=now)).data)

    @staticmethod
    def opened(request: Request, now: datetime) -> Report:
        """Return the report that the code of a request opens."""
        return report_opened(request, typed=request.headers.get(TRACKING_CODE, ""), now=now)


class AnonymousDeedView(AnonymousReportView):
    """Something that a reporter without a name does once, however often it is sent."""

    uses_idempotency_key = True

    def once(self, request: Request, act: Callable[[Report, datetime], None]) -> Response:
        """Carry it out and answer without a body, which could be kept."""
        report = self.opened(request, database_now())

        def acted(now: datetime) -> Response:
            act(report, now)
            return Response(status=status.HTTP_204_NO_CONTENT)

        return idempotent(request, acted, scope=f"report:{report.id}")


class AnonymousMessagesView(AnonymousDeedView):
    """The messages of whoever has a tracking code."""

    http_method_names = ["post", "options"]

    @extend_schema(
        operation_id="anonymous_report_write",
        request=MessageInput,
        parameters=[CODE],
        responses={204: None, (429, MEDIA_TYPE): ProblemSerializer},
        tags=["anonymous"],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Write to the office that has the report."""

        def act(report: Report, now: datetime) -> None:
            given = MessageInput(data=request.data)
            given.is_valid(raise_exception=True)
            ticket_write_unnamed(ticket_id=report.ticket_id, text=given.validated_data["text"], now=now)

        return self.once(request, act)


class AnonymousStepView(AnonymousDeedView):
    """The steps of whoever has a tracking code."""

    http_method_names = ["post", "options"]

    @extend_schema(
        operation_id="anonymous_report_act",
        request=StepInput,
        parameters=[CODE],
        responses={204: None, (403, MEDIA_TYPE): ProblemSerializer, (429, MEDIA_TYPE): ProblemSerializer},
        tags=["anonymous"],
        auth=[],
    )
    def post(self, request: Request, action: str) -> Response:
        """Confirm that it is solved, say that it is not, reopen it, contest that it was declined, or withdraw it."""

        def act(report: Report, now: datetime) -> None:
            given = StepInput(data=request.data)
            given.is_valid(raise_exception=True)
            report_act_anonymous(report=report, name=action, now=now, **given.validated_data)

        return self.once(request, act)


class AnonymousPhotosView(AnonymousReportView):
    """The photos of whoever has a tracking code."""

    http_method_names = ["post", "options"]
    parser_classes = [PhotoParser]

    @extend_schema(
        operation_id="anonymous_report_photo",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        parameters=[CODE],
        responses={202: None, (409, MEDIA_TYPE): ProblemSerializer, (429, MEDIA_TYPE): ProblemSerializer},
        tags=["anonymous"],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Take a photo of at most 3.5 MB, whose name and metadata are dropped; the same again is one."""
        now = database_now()
        report = self.opened(request, now)
        photo_take(ticket_id=report.ticket_id, content=cast("bytes", request.data), now=now)
        return Response(status=status.HTTP_202_ACCEPTED)
