"""Shapes of events in the API: our own, and that of CloudEvents."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.pagination import CursorPagination, page_size_read
from backend.common.serializers import StrictSerializer
from backend.integrations.selectors.events import Event, EventType
from backend.workflow.actions import EVENT_CHOICES

MOST = CursorPagination.max_page_size
TICKET = "ticket"
PREFIX = "org.allclear."
"""CloudEvents have types of the whole world, and so begin with the name of whoever names them."""


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": MOST, "default": MOST})
class PageSizeField(serializers.Field[int, str, int, Any]):
    """The size of a page, in the query of an operation that is no list."""

    def to_internal_value(self, data: str) -> int:
        """Return it as a number; raise PageSizeInvalid."""
        return page_size_read(data)


class EventsQuery(StrictSerializer):
    """The place from which events are followed."""

    cursor = serializers.CharField(required=False, help_text="The `cursor` of the answer before; none: from now on.")
    page_size = PageSizeField(required=False, default=MOST, help_text="The most events of one answer.")


class SubjectOutput(serializers.Serializer[Any]):
    """The thing that an event is about."""

    kind = serializers.ChoiceField(choices=[(TICKET, TICKET)])
    id = serializers.UUIDField()


class EventOutput(serializers.Serializer[Any]):
    """Something that happened, without its contents; ask for the thing itself, and drop it where it is gone."""

    id = serializers.UUIDField(help_text="The same however often it is told.")
    type = serializers.ChoiceField(choices=EventType.choices)
    kind = serializers.ChoiceField(
        choices=EVENT_CHOICES,
        allow_null=True,
        help_text="As in the timeline; null of what is or was confidential, and of what is gone.",
    )
    at = serializers.DateTimeField(help_text="When it happened. The order is that of the list.")
    subject = serializers.SerializerMethodField()
    reference = serializers.CharField(allow_null=True, help_text="Null as `kind` is.")

    @extend_schema_field(SubjectOutput)
    def get_subject(self, event: Event) -> dict[str, str]:
        """Return which ticket it is about."""
        return {"kind": TICKET, "id": str(event.ticket_id)}


class EventPageOutput(serializers.Serializer[Any]):
    """Some events, first to last, and how to go on."""

    items = EventOutput(many=True)
    cursor = serializers.CharField(help_text="Send this the next time; it is good for 30 days.")
    is_more = serializers.BooleanField(help_text="Ask again at once; else whenever you like.")


class CloudEventDataOutput(serializers.Serializer[Any]):
    """The particulars of an event beside those that CloudEvents name."""

    kind = serializers.ChoiceField(choices=EVENT_CHOICES, allow_null=True)
    reference = serializers.CharField(allow_null=True)


class CloudEventOutput(serializers.Serializer[Any]):
    """The same event as CloudEvents 1.0 write it; the cursor is in the header `Link`."""

    specversion = serializers.CharField(default="1.0", read_only=True)
    id = serializers.UUIDField()
    source = serializers.SerializerMethodField()  # type: ignore[assignment]
    type = serializers.SerializerMethodField(help_text="`org.allclear.` and our type.")
    time = serializers.DateTimeField(source="at")
    subject = serializers.CharField(source="ticket_id")
    datacontenttype = serializers.CharField(default="application/json", read_only=True)
    data = CloudEventDataOutput(source="*")  # type: ignore[assignment]

    @extend_schema_field(serializers.CharField())
    def get_source(self, _event: Event) -> str:
        """Return where tickets are found."""
        return f"{settings.PUBLIC_URL}/api/v1/tickets"

    @extend_schema_field(serializers.CharField())
    def get_type(self, event: Event) -> str:
        """Return its type."""
        return PREFIX + event.type
