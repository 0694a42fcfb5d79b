"""The feed of events in the API."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from backend.common.clock import database_now
from backend.integrations.event_serializers import CloudEventOutput, EventPageOutput, EventsQuery
from backend.integrations.selectors.events import events_page
from backend.organisation.scopes import Scope
from backend.organisation.staff_view import StaffView

BATCH = "application/cloudevents-batch+json"
LINK = OpenApiParameter(
    "Link", str, OpenApiParameter.HEADER, description="RFC 8288: `next` is where to go on.", response=[200]
)


class CloudEventsRenderer(JSONRenderer):
    """Writes a list of CloudEvents."""

    media_type = BATCH
    format = "cloudevents"


class EventListView(StaffView):
    """Everything that happens to tickets, in an order in which nothing is put in between later.

    Every event names its ticket and nothing of its contents. What has left the reader's sight comes as `ticket.gone`.
    """

    scope = {"get": Scope.EVENTS_READ}
    asks = EventsQuery
    may_be_over = True
    renderer_classes = [JSONRenderer, CloudEventsRenderer]

    @extend_schema(
        operation_id="events_list",
        parameters=[LINK],
        responses={(200, "application/json"): EventPageOutput, (200, BATCH): CloudEventOutput(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Answer with the events after a cursor; without one, with a cursor alone, from which to follow."""
        asked = self.asked.validated_data
        page = events_page(actor=self.actor, cursor=asked.get("cursor"), size=asked["page_size"], now=database_now())
        url = replace_query_param(request.build_absolute_uri(), "cursor", page.cursor)
        headers = {"Link": f'<{url}>; rel="next"'}
        if isinstance(request.accepted_renderer, CloudEventsRenderer):
            return Response(CloudEventOutput(page.items, many=True).data, headers=headers)
        return Response(EventPageOutput(page).data, headers=headers)
