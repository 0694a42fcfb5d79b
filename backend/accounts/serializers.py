"""Shapes of signing in."""

from typing import Any

from rest_framework import serializers

from backend.common.serializers import CleanTextField, StrictSerializer


class TokenInput(StrictSerializer):
    """A name and a password."""

    username = CleanTextField(max_length=80, multiline=False)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)


class TokenOutput(serializers.Serializer[Any]):
    """A token, shown this once, and when it ends."""

    token = serializers.CharField(read_only=True)
    expires_at = serializers.DateTimeField(read_only=True)
