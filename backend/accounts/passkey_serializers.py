"""Shapes of passkeys."""

from typing import Any

from rest_framework import serializers

from backend.accounts.links import LONGEST_TOKEN
from backend.accounts.models import Passkey
from backend.common.serializers import CleanTextField, StrictSerializer


class PasskeyAnswer(StrictSerializer):
    """The answer of a browser in a ceremony."""

    ceremony = serializers.CharField(max_length=LONGEST_TOKEN, help_text="As the beginning of the ceremony gave it.")
    credential = serializers.DictField(help_text="What `PublicKeyCredential.toJSON()` returns.")


class PasskeyInput(PasskeyAnswer):
    """A passkey that the browser made."""

    name = CleanTextField(max_length=60, multiline=False, help_text="By which its owner knows it again.")


class PasskeyAskInput(StrictSerializer):
    """A name and a password, for which a passkey is asked."""

    username = CleanTextField(max_length=80, multiline=False)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)


class CeremonyOutput(serializers.Serializer[Any]):
    """A question to the browser, and what has to be sent with its answer, once and within five minutes."""

    options = serializers.DictField(
        help_text="For `PublicKeyCredential.parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()`."
    )
    ceremony = serializers.CharField()


class PasskeyOutput(serializers.ModelSerializer[Passkey]):
    """A passkey of the account."""

    class Meta:
        model = Passkey
        fields = ["id", "name", "added_at", "last_used_at"]


class PasskeyListOutput(serializers.Serializer[Any]):
    """All of them; there are no further pages."""

    items = PasskeyOutput(many=True)
    recovery_codes_left = serializers.IntegerField(help_text="They are made and shown on the pages alone.")
