"""The API of the photos that somebody sends for their own report, a sealed one too."""

from datetime import datetime
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.idempotency import idempotent
from backend.files.selectors import uploads_for
from backend.incidents.selectors import report_get
from backend.incidents.services import report_file_begin
from backend.workflow.file_api import FileView, upload_response
from backend.workflow.serializers.files import UploadInput, UploadOutput, upload_read


class ReportFilesView(FileView):
    """The photos and documents one sends for one's own report; who reads them is decided by its ticket."""

    uses_idempotency_key = True

    @extend_schema(operation_id="reports_files_list", responses=UploadOutput(many=True))
    def get(self, _request: Request, report_id: UUID) -> Response:
        """Answer with what one sent in the last week and what became of each, never with a content."""
        report = report_get(actor=self.actor, report_id=report_id)
        uploads = uploads_for(sender_id=self.actor.person_id, subject_id=report.ticket_id)
        return Response(UploadOutput(uploads, many=True).data)

    @extend_schema(operation_id="reports_files_begin", request=UploadInput, responses={201: UploadOutput})
    def post(self, request: Request, report_id: UUID) -> Response:
        """Announce a file for the report, until it is closed or declined; the rest can be sent whatever comes."""

        def act(now: datetime) -> Response:
            report = report_get(actor=self.actor, report_id=report_id)
            upload = report_file_begin(
                actor=self.actor, report=report, said=lambda: upload_read(UploadInput, request.data), now=now
            )
            return upload_response(upload, status.HTTP_201_CREATED)

        return idempotent(request, act)
