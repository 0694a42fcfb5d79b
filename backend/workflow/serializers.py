"""Shapes of tickets in the API."""

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import CleanTextField, StrictSerializer
from backend.deadlines.selectors import timers_of
from backend.organisation.reach import PassedOver
from backend.organisation.serializers import PersonOutput, PlaceOutput, UnitOutput
from backend.rulebook.ruleset import ClockName
from backend.workflow.models import NEVER_DUE, EventKind, Ticket, TicketEvent
from backend.workflow.relations import relations_of
from backend.workflow.selectors import category_name
from backend.workflow.services.timing import SUBJECT_KIND
from backend.workflow.states import Action, State, actions_available


class TicketRow(serializers.ModelSerializer[Ticket]):
    """A ticket in a list."""

    category_name = serializers.SerializerMethodField()
    place = PlaceOutput(allow_null=True)
    owner = UnitOutput()
    assignee = PersonOutput(allow_null=True)
    next_due_at = serializers.SerializerMethodField()

    class Meta:
        model = Ticket
        fields = [
            "id",
            "reference",
            "state",
            "severity",
            "kind",
            "confidentiality",
            "category",
            "category_name",
            "place",
            "owner",
            "assignee",
            "level",
            "filed_at",
            "next_due_at",
            "version",
        ]

    def get_category_name(self, ticket: Ticket) -> str:
        """Return the category's name in the reader's language."""
        return category_name(ticket, chinese=not (get_language() or "").startswith("en"))

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_next_due_at(self, ticket: Ticket) -> str | None:
        """Return the earliest due time of a running clock; null when none runs."""
        return None if ticket.next_due_at == NEVER_DUE else ticket.next_due_at.isoformat()


class ClockOutput(serializers.Serializer[Any]):
    """A running clock: when it is due and when its ladder climbs."""

    clock = serializers.ChoiceField(choices=[(name.value, name.value) for name in ClockName])
    due_at = serializers.DateTimeField()
    rungs = serializers.ListField(child=serializers.DateTimeField())


class TicketOutput(TicketRow):
    """A ticket in full, with what the reader can do about it."""

    reporter = serializers.SerializerMethodField()
    clocks = serializers.SerializerMethodField()
    available_actions = serializers.SerializerMethodField()

    class Meta(TicketRow.Meta):
        fields = [
            *TicketRow.Meta.fields,
            "description",
            "occurred_at",
            "interim_control_at",
            "resolved_at",
            "closed_at",
            "reporter",
            "clocks",
            "available_actions",
        ]

    @extend_schema_field(PersonOutput(allow_null=True))
    def get_reporter(self, ticket: Ticket) -> Any:
        """Return who reported it; the case team of a class K2 ticket does not see that."""
        hidden = ticket.confidentiality == "K2" or ticket.reporter is None
        return None if hidden else PersonOutput(ticket.reporter).data

    @extend_schema_field(ClockOutput(many=True))
    def get_clocks(self, ticket: Ticket) -> Any:
        """Return the clocks that run, as their timers hold them, the soonest due first."""
        timers = timers_of(subject_kind=SUBJECT_KIND, subject_ids=[ticket.id])
        clocks = [{"clock": timer.clock, "due_at": timer.ladder[0], "rungs": timer.ladder} for timer in timers]
        return ClockOutput(clocks, many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=Action.choices)))
    def get_available_actions(self, ticket: Ticket) -> list[str]:
        """Return the actions the reader can take now, in the order of the transition table."""
        relations = relations_of(actor=self.context["actor"], ticket=ticket)
        return [action.value for action in actions_available(State(ticket.state), relations)]


class TicketEventOutput(serializers.Serializer[Any]):
    """One thing that happened to a ticket; `details` is empty after an erasure and never tells whom it concerns."""

    sequence = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=EventKind.choices)
    at = serializers.DateTimeField()
    actor = serializers.SerializerMethodField(help_text="The person's id; null for the system or a hidden reporter.")
    details = serializers.SerializerMethodField()

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_actor(self, event: TicketEvent) -> str | None:
        """Return who did it, unless that is the reporter of a class K2 ticket."""
        ticket: Ticket = self.context["ticket"]
        hidden = ticket.confidentiality == "K2" and event.actor_id == ticket.reporter_id
        return str(event.actor_id) if event.actor_id and not hidden else None

    @extend_schema_field(serializers.DictField())
    def get_details(self, event: TicketEvent) -> dict[str, Any]:
        """Return what the event says, without whoever was passed over because the report concerns them."""
        payload = getattr(event, "payload", None)
        details: dict[str, Any] = dict(payload.body) if payload else {}
        if "passed_over" in details:
            details["passed_over"] = [
                skip for skip in details["passed_over"] if skip["reason"] != PassedOver.EXCLUDED.value
            ]
        return details


class ActionInputSerializer(StrictSerializer):
    """What is said with an action; which fields an action needs stands in the transition table."""

    note = CleanTextField(max_length=4000, required=False, allow_blank=True, default="")
    assignee = serializers.UUIDField(required=False, allow_null=True, default=None)
