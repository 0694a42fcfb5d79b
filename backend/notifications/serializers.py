"""Shapes of notices, deliveries, channels and choices in the API."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from backend.common.serializers import CleanTextField, StrictSerializer
from backend.notifications.models import Delivery, Notice
from backend.notifications.ringing import Group
from backend.notifications.selectors import channel_problem
from backend.organisation.models import ContactChannel
from backend.organisation.serializers import PersonOutput
from backend.organisation.services.channels import MOST_CHANNELS


class NoticeOutput(serializers.ModelSerializer[Notice]):
    """A notice of one person."""

    ticket = serializers.SerializerMethodField(help_text="The ticket's id; null where the reader may not open it.")
    text = serializers.SerializerMethodField()
    instead_of = PersonOutput(
        allow_null=True, read_only=True, help_text="Who could not be reached, so that this person was told."
    )

    class Meta:
        model = Notice
        fields = ["id", "ticket", "kind", "text", "instead_of", "created_at", "read_at"]

    def get_text(self, notice: Notice) -> str:
        """Return the sentence that says why, in the reader's language."""
        text: str = self.context["sentences"][notice.id]
        return text

    def get_ticket(self, notice: Notice) -> UUID | None:
        """Return the ticket's id; its reporter may not open one of class K2."""
        may_open: bool = notice.may_open  # type: ignore[attr-defined]  # the selector's
        return notice.ticket_id if may_open else None


class OwnDeliveryOutput(serializers.ModelSerializer[Delivery]):
    """A notice on its way through one channel; `failed` is tried again while `next_attempt_at` is set."""

    class Meta:
        model = Delivery
        fields = [
            "id",
            "channel",
            "channel_kind",
            "status",
            "attempts",
            "created_at",
            "next_attempt_at",
            "sent_at",
            "failed_at",
            "last_error",
        ]


class NoticeDetailOutput(NoticeOutput):
    """A notice of one person, and how it went out."""

    deliveries = OwnDeliveryOutput(many=True, read_only=True)

    class Meta(NoticeOutput.Meta):
        fields = [*NoticeOutput.Meta.fields, "deliveries"]


class ReadUntilInput(StrictSerializer):
    """The newest notice that was read; all older ones are read with it."""

    until = serializers.UUIDField()


class UnreadOutput(serializers.Serializer[Any]):
    """The count of what is left to read."""

    unread = serializers.IntegerField(help_text="How many notices are unread now, counted to 100.")


class DeliveryOutput(serializers.ModelSerializer[Delivery]):
    """A delivery as whoever looks after the school sees it, without an address; only of tickets they may know of."""

    person = PersonOutput(source="notice.person", read_only=True)
    kind = serializers.CharField(source="notice.kind", read_only=True)
    ticket = serializers.SerializerMethodField(help_text="The ticket's id; null for news.")

    class Meta:
        model = Delivery
        fields = [
            "id",
            "person",
            "kind",
            "ticket",
            "channel_kind",
            "status",
            "attempts",
            "created_at",
            "next_attempt_at",
            "sent_at",
            "failed_at",
            "last_error",
        ]

    def get_ticket(self, delivery: Delivery) -> UUID | None:
        """Return the ticket's id."""
        return delivery.notice.ticket_id


class ChannelOutput(serializers.ModelSerializer[ContactChannel]):
    """A way to reach the signed-in person; it counts once `verified_at` is set."""

    address = serializers.CharField(source="shown", read_only=True, help_text="As its owner would write it.")
    problem = serializers.SerializerMethodField(
        help_text="Why the other side did not take the code or the message sent last, in its words; empty if it did."
    )

    class Meta:
        model = ContactChannel
        fields = ["id", "kind", "address", "verified_at", "code_sent_at", "problem"]

    def get_problem(self, channel: ContactChannel) -> str:
        """Return the other side's reason."""
        return channel_problem(channel)


class ChannelInput(StrictSerializer):
    """A channel to add."""

    kind = serializers.ChoiceField(choices=ContactChannel.Kind.choices)
    address = CleanTextField(max_length=500, multiline=False, help_text="An e-mail address, else an https:// address.")
    secret = CleanTextField(
        max_length=100,
        multiline=False,
        required=False,
        allow_blank=True,
        default="",
        help_text="The secret of a robot of DingTalk or Feishu that wants signatures.",
    )


class CodeInput(StrictSerializer):
    """The six digits that were sent through the channel."""

    code = serializers.RegexField(r"^[0-9]{6}$", max_length=6)


class ChoiceShape(StrictSerializer):
    """By which verified channels somebody hears of a group of messages."""

    group = serializers.ChoiceField(choices=Group.choices)
    channels = serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=MOST_CHANNELS)


class ChoicesInput(StrictSerializer):
    """Choices to set; groups not named stay as they are."""

    choices = serializers.ListField(child=ChoiceShape(), max_length=len(Group))


class ChoiceOutput(serializers.Serializer[Any]):
    """A choice; `always` is the channel on which urgent (P1) messages ring although all are switched off."""

    group = serializers.ChoiceField(choices=Group.choices)
    channels = serializers.ListField(child=serializers.IntegerField())
    always = serializers.IntegerField(allow_null=True)


class ChoicesOutput(serializers.Serializer[Any]):
    """All choices of the signed-in person."""

    choices = ChoiceOutput(many=True)
