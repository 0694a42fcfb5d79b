"""Shapes of webhooks in the API."""

from typing import Any, ClassVar

from rest_framework import serializers

from backend.common.serializers import StrictSerializer
from backend.integrations.models import LONGEST_ADDRESS, Webhook, WebhookDelivery
from backend.integrations.selectors.events import EventType

TYPES = [choice for choice in EventType.choices if choice[0] != EventType.GONE]
TYPES_HELP = "What is gone is always told, so that nothing sealed stays in a copy."


class WebhookInput(StrictSerializer):
    """A webhook to be."""

    address = serializers.CharField(max_length=LONGEST_ADDRESS, help_text="Of the open internet, with https.")
    types = serializers.ListField(
        child=serializers.ChoiceField(choices=TYPES), min_length=1, max_length=len(TYPES), help_text=TYPES_HELP
    )


class WebhookSwitchInput(StrictSerializer):
    """The switch: on, and messages are sent, or off."""

    is_on = serializers.BooleanField()


class WebhookReplayInput(StrictSerializer):
    """The event from which everything is sent again, itself included."""

    event = serializers.UUIDField(help_text="The id of an event of the last 31 days.")


class WebhookOutput(serializers.ModelSerializer[Webhook]):
    """A webhook."""

    types = serializers.ListField(child=serializers.ChoiceField(choices=TYPES), help_text=TYPES_HELP)

    class Meta:
        model = Webhook
        fields: ClassVar[list[str]] = [
            *("id", "address", "types", "is_on", "refused_at"),
            *("made_at", "secret_made_at", "former_until"),
        ]


class WebhookSecretOutput(WebhookOutput):
    """A webhook with the secret that was just made."""

    secret = serializers.SerializerMethodField(help_text="Messages are signed with it; shown only here.")

    class Meta(WebhookOutput.Meta):
        fields: ClassVar[list[str]] = [*WebhookOutput.Meta.fields, "secret"]

    def get_secret(self, _webhook: Webhook) -> str:
        """Return nothing: what is stored to be repeated holds no secret."""
        return ""


class WebhookDeliveryOutput(serializers.ModelSerializer[WebhookDelivery]):
    """A message to a webhook: how often it was tried, and how that went."""

    is_test = serializers.SerializerMethodField()
    stage = serializers.ChoiceField(source="status", choices=WebhookDelivery.Status.choices)

    class Meta:
        model = WebhookDelivery
        fields: ClassVar[list[str]] = [
            *("message_id", "is_test", "stage", "attempts", "next_attempt_at", "last_error"),
            *("created_at", "sent_at"),
        ]

    def get_is_test(self, delivery: WebhookDelivery) -> bool:
        """Say whether it tells of no event."""
        return delivery.event_id is None


class WebhookReplayOutput(serializers.Serializer[Any]):
    """The number of messages that are sent again."""

    count = serializers.IntegerField()
