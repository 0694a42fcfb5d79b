"""Shapes of leaving in the API."""

from typing import Any

from rest_framework import serializers

from backend.common.serializers import StrictSerializer
from backend.organisation.serializers import PersonOutput
from backend.setup.selectors.leaving import Leaving, PostEnding, RoundPassing, TicketPassing
from backend.setup.services.leaving import Left


class PostEndingOutput(serializers.Serializer[PostEnding]):
    """A post that ends, and who is reached in its role afterwards."""

    role = serializers.CharField(source="appointment.post.role")
    unit = serializers.UUIDField(source="appointment.post.unit_id", allow_null=True)
    then = PersonOutput(many=True)


class TicketPassingOutput(serializers.Serializer[TicketPassing]):
    """An open ticket of class K0 that the caller may see and that goes back to its office, and who is told there."""

    id = serializers.UUIDField(source="ticket.id")
    reference = serializers.CharField(source="ticket.reference")
    office = serializers.UUIDField(source="ticket.owner_id")
    then = PersonOutput(many=True)


class DutyOutput(serializers.Serializer[Any]):
    """A part in a shift that is not over."""

    shift = serializers.UUIDField(source="shift_id")
    part = serializers.CharField()
    starts_at = serializers.DateTimeField(source="shift.starts_at")
    ends_at = serializers.DateTimeField(source="shift.ends_at")


class RoundPassingOutput(serializers.Serializer[RoundPassing]):
    """A round that waits for their answer, and who is asked then; null for nobody."""

    id = serializers.UUIDField(source="row.id")
    plan_name = serializers.CharField(source="plan.name")
    office = serializers.UUIDField(source="row.unit_id")
    due_at = serializers.DateTimeField(source="row.due_at")
    then = PersonOutput(allow_null=True)


class LeavingOutput(serializers.Serializer[Leaving]):
    """Everything that ends when somebody leaves now; tickets the caller may not see are passed on and not shown."""

    person = PersonOutput()
    posts = PostEndingOutput(many=True)
    tickets = TicketPassingOutput(many=True)
    duties = DutyOutput(many=True)
    rounds = RoundPassingOutput(many=True)
    sign_ins = serializers.IntegerField(help_text="How many sessions and tokens end.")
    has_account = serializers.BooleanField(help_text="True where an account is closed.")


class LeavingInput(StrictSerializer):
    """The colleague who takes over the duty, as far as they can; without one it is free."""

    taker = serializers.UUIDField(required=False, allow_null=True, default=None)


class LeftOutput(serializers.Serializer[Left]):
    """The outcome of leaving."""

    posts = serializers.IntegerField()
    tickets = serializers.IntegerField(
        help_text="How many tickets went back to their offices, of those that were shown."
    )
    taken_over = serializers.IntegerField(help_text="How many parts in shifts the colleague took over.")
    free = serializers.IntegerField(help_text="How many are free now: please enter somebody.")
