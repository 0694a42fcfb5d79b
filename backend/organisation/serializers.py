"""Shapes of schools and people in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.organisation.models import Appointment, ContactChannel, Person, Place, TelephoneNumber, Unit
from backend.organisation.roles import Role


class UnitOutput(serializers.ModelSerializer[Unit]):
    """An office, grade group or class."""

    name = serializers.CharField(read_only=True)

    class Meta:
        model = Unit
        fields = ["id", "code", "kind", "name", "parent"]


class PlaceOutput(serializers.ModelSerializer[Place]):
    """A place where something can happen."""

    name = serializers.CharField(read_only=True)

    class Meta:
        model = Place
        fields = ["id", "code", "name", "parent", "owner"]


class PlaceDetailOutput(PlaceOutput):
    """A place with the office that looks after it and, for those who print QR codes, its token."""

    owner = UnitOutput()
    path = serializers.SerializerMethodField(help_text="The places around it, the outermost first.")
    token = serializers.SerializerMethodField(help_text="Stands in the QR code; null for those who do not print them.")

    class Meta(PlaceOutput.Meta):
        fields = [*PlaceOutput.Meta.fields, "path", "token"]

    @extend_schema_field(PlaceOutput(many=True))
    def get_path(self, _place: Place) -> object:
        """Return the places around it."""
        return PlaceOutput(self.context["path"], many=True).data

    def get_token(self, place: Place) -> str | None:
        """Return the token for the keepers of the school."""
        return place.token if self.context["is_keeper"] else None


class TelephoneNumberOutput(serializers.ModelSerializer[TelephoneNumber]):
    """A telephone number meant for colleagues."""

    name = serializers.CharField(read_only=True)
    office = serializers.UUIDField(source="unit_id", allow_null=True, help_text="Null: of no office, as the gate.")

    class Meta:
        model = TelephoneNumber
        fields = ["id", "name", "number", "office"]


class PersonOutput(serializers.ModelSerializer[Person]):
    """A person by name."""

    class Meta:
        model = Person
        fields = ["id", "name"]


class HeldPostOutput(serializers.ModelSerializer[Appointment]):
    """A post somebody holds now."""

    role = serializers.ChoiceField(source="post.role", choices=Role.choices)
    unit = serializers.UUIDField(source="post.unit_id", allow_null=True)

    class Meta:
        model = Appointment
        fields = ["role", "unit", "is_deputy"]


class ChannelKindOutput(serializers.Serializer[Any]):
    """A way to reach somebody, without the address."""

    kind = serializers.ChoiceField(choices=ContactChannel.Kind.choices)
    verified = serializers.SerializerMethodField()

    def get_verified(self, channel: ContactChannel) -> bool:
        """Say whether the channel counts."""
        return channel.verified_at is not None


class PersonRow(PersonOutput):
    """A colleague by name; those who keep the school's records also see the posts and whether channels are verified."""

    posts = serializers.SerializerMethodField(help_text="Null for everybody else.")
    channels = serializers.SerializerMethodField(help_text="Null for everybody else.")

    class Meta(PersonOutput.Meta):
        fields = [*PersonOutput.Meta.fields, "posts", "channels"]

    @extend_schema_field(HeldPostOutput(many=True, allow_null=True))
    def get_posts(self, person: Person) -> object:
        """Return the posts held now."""
        return HeldPostOutput(person.appointments.all(), many=True).data if self.context["is_keeper"] else None

    @extend_schema_field(ChannelKindOutput(many=True, allow_null=True))
    def get_channels(self, person: Person) -> object:
        """Return the kinds of channel."""
        return ChannelKindOutput(person.channels.all(), many=True).data if self.context["is_keeper"] else None
