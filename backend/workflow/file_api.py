"""The API of files: sending them in parts, the files of a ticket, and their contents."""

from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from backend.accounts.authentication import PageAuthentication
from backend.common.clock import database_now
from backend.common.idempotency import idempotent
from backend.common.parsers import BytesParser
from backend.common.renderers import AnyRenderer
from backend.files.models import Upload
from backend.files.selectors import upload_get
from backend.files.services import part_receive, upload_complete
from backend.organisation.staff_view import StaffView
from backend.workflow.attachments import attachment_get, attachments_of
from backend.workflow.file_answers import content_response
from backend.workflow.selectors import ticket_get
from backend.workflow.serializers.files import (
    FileOutput,
    FileRemovalInput,
    SizeQuery,
    TicketUploadInput,
    UploadOutput,
    upload_read,
)
from backend.workflow.services import attachment_remove, ticket_file_begin
from backend.workflow.services.opening_log import ticket_opened


class FileView(StaffView):
    """A view that the pages' own scripts and pictures use too, with the session of whoever is signed in there."""

    authentication_classes = [*StaffView.authentication_classes, PageAuthentication]


class TicketFilesView(FileView):
    """The photos and documents of a ticket."""

    uses_idempotency_key = True

    @extend_schema(operation_id="tickets_files_list", responses=FileOutput(many=True))
    def get(self, _request: Request, ticket_id: UUID) -> Response:
        """Answer with the files that are ready, first to last."""
        ticket = ticket_get(actor=self.actor, ticket_id=ticket_id)
        ticket_opened(actor=self.actor, ticket=ticket, now=database_now(), with_merged=True)
        files = attachments_of(actor=self.actor, ticket=ticket)
        return Response(FileOutput(files, many=True, context={"actor": self.actor}).data)

    @extend_schema(operation_id="tickets_files_begin", request=TicketUploadInput, responses={201: UploadOutput})
    def post(self, request: Request, ticket_id: UUID) -> Response:
        """Announce a file; what one sends already with the same content is answered as it is."""

        def act(now: datetime) -> Response:
            upload = ticket_file_begin(
                actor=self.actor,
                ticket_id=ticket_id,
                said=lambda: upload_read(TicketUploadInput, request.data),
                now=now,
            )
            return upload_response(upload, status.HTTP_201_CREATED)

        return idempotent(request, act)


class UploadView(FileView):
    """A file on its way in, for its sender alone."""

    @extend_schema(operation_id="files_retrieve", responses=UploadOutput)
    def get(self, _request: Request, file_id: UUID) -> Response:
        """Answer with the parts that are here and with what became of it, until a week after it ended."""
        return upload_response(upload_get(sender_id=self.actor.person_id, upload_id=file_id))


class UploadPartView(FileView):
    """One part of a file."""

    parser_classes = [BytesParser]
    is_conflicting = True

    @extend_schema(
        operation_id="files_part_put",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={204: None},
    )
    def put(self, request: Request, file_id: UUID, number: int) -> Response:
        """Store a part, in any order; the same one again changes nothing, another in its place is refused."""
        sender = self.actor.person_id
        upload_get(sender_id=sender, upload_id=file_id)
        content: Any = request.data or b""
        part_receive(sender_id=sender, upload_id=file_id, number=number, content=content, now=database_now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class UploadCompletionView(FileView):
    """That a file is here whole."""

    uses_idempotency_key = True

    @extend_schema(operation_id="files_complete", request=None, responses={202: UploadOutput})
    def post(self, request: Request, file_id: UUID) -> Response:
        """Have it examined: pictures are made anew, documents looked at; then it is `ready` or `refused`."""

        def act(now: datetime) -> Response:
            upload = upload_complete(sender_id=self.actor.person_id, upload_id=file_id, now=now)
            return upload_response(upload, status.HTTP_202_ACCEPTED)

        return idempotent(request, act)


class FileContentView(FileView):
    """The content of a file, for whoever sees its ticket now."""

    renderer_classes = [JSONRenderer, AnyRenderer]
    asks = SizeQuery

    @extend_schema(
        operation_id="files_content",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, 304: None},
    )
    def get(self, request: Request, file_id: UUID) -> HttpResponseBase:
        """Answer with the bytes: a picture to be shown, anything else to be saved; what is sealed is never cached."""
        found = attachment_get(actor=self.actor, file_id=file_id)
        ticket_opened(actor=self.actor, ticket=found.ticket, now=database_now())
        return content_response(request=request, attachment=found, size=self.asked.validated_data.get("size", ""))


class FileRemovalView(FileView):
    """Taking a file away."""

    uses_idempotency_key = True

    @extend_schema(operation_id="files_remove", request=FileRemovalInput, responses={204: None})
    def post(self, request: Request, file_id: UUID) -> Response:
        """Remove it for everybody: one's own within an hour, later by a head or leader with a reason."""

        def note() -> str:
            given = FileRemovalInput(data=request.data)
            given.is_valid(raise_exception=True)
            words: str = given.validated_data["note"]
            return words

        def act(now: datetime) -> Response:
            attachment_remove(actor=self.actor, file_id=file_id, note=note, now=now)
            return Response(status=HTTPStatus.NO_CONTENT)

        return idempotent(request, act)


def upload_response(upload: Upload, code: int = status.HTTP_200_OK) -> Response:
    """Return a file on its way in, as its sender sees it."""
    return Response(UploadOutput(upload).data, status=code)
