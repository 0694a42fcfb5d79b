"""Shapes of service accounts in the API."""

from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import AwareDateTimeField, CleanTextField, StrictSerializer
from backend.integrations.models import LONGEST_NAME, ServiceAccount, ServiceCall
from backend.integrations.services.accounts import ServiceDraft
from backend.organisation.scopes import Scope
from backend.organisation.serializers import PersonOutput


class ServiceInput(StrictSerializer):
    """A service account to be."""

    name = CleanTextField(max_length=LONGEST_NAME, multiline=False)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), min_length=1, max_length=len(Scope)
    )
    ends_at = AwareDateTimeField(help_text="When it stops, within two years.")

    def draft(self) -> ServiceDraft:
        """Return what was sent."""
        given = self.validated_data
        return ServiceDraft(given["name"], tuple(Scope(name) for name in given["scopes"]), given["ends_at"])


class RotateInput(StrictSerializer):
    """The end of the secret before: now, or after seven days."""

    at_once = serializers.BooleanField(default=False, help_text="Now; otherwise both work for seven days.")


class ServiceOutput(serializers.ModelSerializer[ServiceAccount]):
    """A service account."""

    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))
    made_by = PersonOutput()

    class Meta:
        model = ServiceAccount
        fields: ClassVar[list[str]] = ["id", "name", "scopes", "made_by", "made_at", "ends_at", "revoked_at"]


class ServiceSecretOutput(ServiceOutput):
    """A service account with the secret that was just made."""

    secret_made_at = serializers.SerializerMethodField()
    secret = serializers.SerializerMethodField(help_text="The token for `Authorization: Bearer`; shown only here.")

    class Meta(ServiceOutput.Meta):
        fields: ClassVar[list[str]] = [*ServiceOutput.Meta.fields, "secret_made_at", "secret"]

    @extend_schema_field(serializers.DateTimeField())
    def get_secret_made_at(self, _account: ServiceAccount) -> Any:
        """Return when it was made."""
        made_at: datetime = self.context["made_at"]
        return made_at.isoformat()

    def get_secret(self, _account: ServiceAccount) -> str:
        """Return nothing: what is stored to be repeated holds no secret."""
        return ""


class ServiceCallOutput(serializers.ModelSerializer[ServiceCall]):
    """The count of calls of one operation by a service account on one day for one person."""

    person = PersonOutput(allow_null=True, help_text="On whose behalf; null for the account by itself.")

    class Meta:
        model = ServiceCall
        fields: ClassVar[list[str]] = ["day", "operation", "person", "count", "last_at"]
