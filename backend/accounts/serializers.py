"""Shapes of signing in, and of where one is signed in."""

from typing import Any

from rest_framework import serializers

from backend.accounts.models import SignIn
from backend.accounts.passkey_serializers import PasskeyAnswer
from backend.common.serializers import CleanTextField, StrictSerializer


class TokenInput(StrictSerializer):
    """A name, a password, and a code or a passkey's answer where the account has a second factor."""

    username = CleanTextField(max_length=80, multiline=False)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)
    code = CleanTextField(
        max_length=40,
        multiline=False,
        required=False,
        write_only=True,
        help_text="Of the app, or a recovery code: where the account has a second factor.",
    )
    passkey = PasskeyAnswer(required=False, write_only=True, help_text="In place of a code, after /tokens/passkey.")


class TokenOutput(serializers.Serializer[Any]):
    """A token, shown this once, and when it ends."""

    token = serializers.CharField(read_only=True)
    expires_at = serializers.DateTimeField(read_only=True)


class SignInOutput(serializers.ModelSerializer[SignIn]):
    """A session of the pages or a token of the API."""

    kind = serializers.SerializerMethodField(help_text="`session` of the pages, or `token` of the API.")
    is_present = serializers.SerializerMethodField(help_text="Whether it is the one that asks.")

    class Meta:
        model = SignIn
        fields = ["id", "kind", "device", "network", "started_at", "last_used_at", "is_present"]

    def get_kind(self, row: SignIn) -> str:
        """Say which of the two it is."""
        return "session" if row.session_id else "token"

    def get_is_present(self, row: SignIn) -> bool:
        """Compare it with the token of the request."""
        return row.token_id is not None and row.token_id == self.context.get("token")


class SignInListOutput(serializers.Serializer[Any]):
    """All of them; there are no further pages."""

    items = SignInOutput(many=True)
