"""Shapes of one's duty calendar in the API."""

from typing import Any

from rest_framework import serializers


class FeedOutput(serializers.Serializer[Any]):
    """The private address of one's duty, as far as it can be shown."""

    created_at = serializers.DateTimeField(allow_null=True, help_text="Null where there is none.")


class FeedAddressOutput(serializers.Serializer[Any]):
    """A private address that was just made. Whoever knows it can read the duty."""

    created_at = serializers.DateTimeField()
    address = serializers.URLField(help_text="For a subscription in a calendar program.")
