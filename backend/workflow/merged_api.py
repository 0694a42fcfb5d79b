"""The API of duplicates: what was merged into a ticket, and into which earlier ones it may be merged."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backend.common.clock import database_now
from backend.organisation.staff_view import StaffView
from backend.workflow.alike import tickets_alike_before
from backend.workflow.merged import merged_with_words
from backend.workflow.selectors import ticket_get
from backend.workflow.serializers import TicketRow
from backend.workflow.serializers.merging import MergedOutput
from backend.workflow.services.opening_log import ticket_opened


class TicketMergedView(StaffView):
    """The tickets that were merged into one."""

    @extend_schema(operation_id="tickets_merged", responses=MergedOutput(many=True))
    def get(self, _request: Request, ticket_id: UUID) -> Response:
        """Answer with each that the reader may read there, and what was written about it, first to last."""
        ticket = ticket_get(actor=self.actor, ticket_id=ticket_id)
        ticket_opened(actor=self.actor, ticket=ticket, now=database_now(), with_merged=True)
        merged = merged_with_words(actor=self.actor, ticket=ticket)
        return Response(MergedOutput(merged, many=True, context={"actor": self.actor}).data)


class TicketAlikeView(StaffView):
    """The earlier tickets that one may be merged into."""

    @extend_schema(operation_id="tickets_alike", responses=TicketRow(many=True))
    def get(self, _request: Request, ticket_id: UUID) -> Response:
        """Answer with up to five of the same category and place that are open, the latest first."""
        ticket = ticket_get(actor=self.actor, ticket_id=ticket_id)
        ticket_opened(actor=self.actor, ticket=ticket, now=database_now())
        return Response(TicketRow(tickets_alike_before(actor=self.actor, ticket=ticket), many=True).data)
