"""The timeline of a ticket as the API shows it."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.duty.reach import PassedOver
from backend.organisation.actors import Actor
from backend.workflow.actions import EVENT_CHOICES
from backend.workflow.as_reporter import is_reporters_own
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.policy import Part, opened_to
from backend.workflow.sight import tickets_known

NAMING_TICKETS = frozenset({"into", "out_of", "ticket", "earlier"})
"""The fields of events that name another ticket: whoever may not know of that one is not told its id."""


class TicketEventOutput(serializers.Serializer[Any]):
    """One thing that happened to a ticket; `details` is empty after an erasure and never tells whom it concerns."""

    sequence = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=EVENT_CHOICES)
    at = serializers.DateTimeField()
    actor = serializers.SerializerMethodField(
        help_text="The person's id; null for the system, or for a hidden reporter in what reporters do."
    )
    details = serializers.SerializerMethodField()

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_actor(self, event: TicketEvent) -> str | None:
        """Return who did it, unless that would tell the reader who reported it."""
        ticket: Ticket = self.context["ticket"]
        hidden = is_reporters_own(event=event, ticket=ticket) and Part.REPORTER not in opened_to(
            actor=self.context["actor"], ticket=ticket
        )
        return str(event.actor_id) if event.actor_id and not hidden else None

    @extend_schema_field(serializers.DictField())
    def get_details(self, event: TicketEvent) -> dict[str, Any]:
        """Return what the event says, without whoever was passed over because the report concerns them."""
        details = body_of(event)
        if "passed_over" in details:
            details["passed_over"] = [
                skip for skip in details["passed_over"] if skip["reason"] != PassedOver.EXCLUDED.value
            ]
        known: frozenset[str] = self.context.get("known", frozenset())
        return {name: said for name, said in details.items() if name not in NAMING_TICKETS or said in known}


def tickets_named(*, events: Sequence[TicketEvent], actor: Actor) -> frozenset[str]:
    """Return the ids of the other tickets that events name, of those the reader may know of; one statement, or none."""
    said = (body_of(event) for event in events)
    named = {body[name] for body in said for name in NAMING_TICKETS & body.keys()}
    known = tickets_known(actor=actor).filter(id__in=named).values_list("id", flat=True) if named else ()
    return frozenset(map(str, known))


def body_of(event: TicketEvent) -> dict[str, Any]:
    """Return a copy of what an event says; nothing after an erasure."""
    payload = getattr(event, "payload", None)
    return dict(payload.body) if payload else {}
