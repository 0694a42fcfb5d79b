"""Shapes of sign-ins elsewhere in the API."""

from typing import Any, ClassVar

from rest_framework import serializers

from backend.common.serializers import CleanTextField, StrictSerializer
from backend.identity.models import (
    CODE,
    LONGEST_CLAIM,
    LONGEST_CLIENT_ID,
    LONGEST_CODE,
    LONGEST_ISSUER,
    LONGEST_METADATA,
    LONGEST_NAME,
    LONGEST_SECRET,
    SECRET,
    ExternalIdentity,
    IdentityProvider,
)
from backend.identity.services.providers import ProviderSettings
from backend.organisation.serializers import PersonOutput


class ProviderSettingsInput(StrictSerializer):
    """The settings of a provider that can change."""

    code = CleanTextField(max_length=LONGEST_CODE, multiline=False, validators=[CODE])
    name = CleanTextField(max_length=LONGEST_NAME, multiline=False)
    client_id = CleanTextField(
        max_length=LONGEST_CLIENT_ID,
        multiline=False,
        required=False,
        allow_blank=True,
        default="",
        help_text="Needed for OpenID Connect; the others know none.",
    )
    client_secret = CleanTextField(
        max_length=LONGEST_SECRET,
        multiline=False,
        required=False,
        allow_blank=True,
        write_only=True,
        validators=[SECRET],
        help_text="Left out, it stays as it is; empty, there is none. It is never shown again.",
    )
    metadata = CleanTextField(
        max_length=LONGEST_METADATA,
        required=False,
        allow_blank=True,
        default="",
        help_text="Needed for SAML, the others have none: the address of the provider's metadata, or their text.",
    )
    staff_number_claim = CleanTextField(
        max_length=LONGEST_CLAIM,
        multiline=False,
        required=False,
        allow_blank=True,
        default="",
        help_text="The claim or attribute that holds the staff number; `user_name` is the user name of CAS itself.",
    )
    links_by_staff_number = serializers.BooleanField(default=False)
    counts_as_factor = serializers.BooleanField(default=False)

    def draft(self) -> ProviderSettings:
        """Return what was sent."""
        given = self.validated_data
        names = (
            "code",
            "name",
            "client_id",
            "metadata",
            "staff_number_claim",
            "links_by_staff_number",
            "counts_as_factor",
        )
        return ProviderSettings(client_secret=given.get("client_secret"), **{name: given[name] for name in names})


class ProviderInput(ProviderSettingsInput):
    """A provider to be; its kind and address never change."""

    kind = serializers.ChoiceField(choices=IdentityProvider.Kind.choices)
    issuer = CleanTextField(max_length=LONGEST_ISSUER, multiline=False)


class ProviderOutput(serializers.ModelSerializer[IdentityProvider]):
    """A system at which people of the school sign in; its client secret is never shown."""

    made_by = PersonOutput()
    has_secret = serializers.SerializerMethodField()
    metadata = serializers.SerializerMethodField()

    class Meta:
        model = IdentityProvider
        fields: ClassVar[list[str]] = [
            *("id", "kind", "code", "name", "issuer", "client_id", "has_secret", "metadata", "staff_number_claim"),
            *("links_by_staff_number", "counts_as_factor", "is_on", "tried_at", "made_by", "made_at"),
        ]

    def get_has_secret(self, provider: IdentityProvider) -> bool:
        """Return whether it has one."""
        return bool(provider.client_secret)

    def get_metadata(self, provider: IdentityProvider) -> str:
        """Return what was entered as metadata; empty for all but SAML."""
        return provider.saml.metadata if provider.kind == IdentityProvider.Kind.SAML else ""


class ProviderLinkOutput(serializers.ModelSerializer[IdentityProvider]):
    """A provider as people who sign in there see it."""

    class Meta:
        model = IdentityProvider
        fields: ClassVar[list[str]] = ["code", "name"]


class IdentityOutput(serializers.ModelSerializer[ExternalIdentity]):
    """A link of the account with who its owner is at a provider."""

    provider = ProviderLinkOutput()

    class Meta:
        model = ExternalIdentity
        fields: ClassVar[list[str]] = ["id", "provider", "how", "linked_at"]


class IdentityListOutput(serializers.Serializer[Any]):
    """All links of the account."""

    items = IdentityOutput(many=True)
