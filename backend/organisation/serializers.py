"""Shapes of schools and people in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import AwareDateTimeField, StrictSerializer
from backend.organisation.actors import Actor
from backend.organisation.models import Appointment, ContactChannel, DutyShift, DutySlot, Person, Place, Unit
from backend.organisation.reach import PassedOver, Reached, Skip
from backend.organisation.roles import Role


class PostOutput(serializers.Serializer[Any]):
    """A role held now, in a unit or for the whole school."""

    role = serializers.ChoiceField(choices=Role.choices)
    unit = serializers.UUIDField(source="unit_id", allow_null=True)


class DutyNowOutput(serializers.Serializer[Any]):
    """A part in a shift that is in force."""

    shift = serializers.UUIDField(source="shift_id")
    kind = serializers.ChoiceField(source="shift.kind", choices=DutyShift.Kind.choices)
    part = serializers.ChoiceField(choices=DutySlot.Part.choices)
    ends_at = serializers.DateTimeField(source="shift.ends_at")


class ActorOutput(serializers.Serializer[Any]):
    """The signed-in person."""

    person = serializers.UUIDField(source="person_id")
    name = serializers.CharField()
    school = serializers.UUIDField(source="school_id", allow_null=True)
    bureau = serializers.UUIDField(source="bureau_id", allow_null=True)
    posts = PostOutput(many=True)


class MeOutput(ActorOutput):
    """The signed-in person, the language they read, their school's time zone and the duty they are on now."""

    language = serializers.SerializerMethodField()
    time_zone = serializers.SerializerMethodField(help_text="IANA name; null for people of the bureau.")
    duties = serializers.SerializerMethodField()

    def get_language(self, _actor: Actor) -> str:
        """Return the language the account reads."""
        return str(self.context["language"])

    def get_time_zone(self, _actor: Actor) -> str | None:
        """Return the time zone of the school."""
        zone: str | None = self.context["time_zone"]
        return zone

    @extend_schema_field(DutyNowOutput(many=True))
    def get_duties(self, _actor: Actor) -> object:
        """Return the parts in shifts in force."""
        return DutyNowOutput(self.context["duties"], many=True).data


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


class ReachQuery(StrictSerializer):
    """Whom to look for, and when."""

    role = serializers.ChoiceField(choices=Role.choices)
    unit = serializers.UUIDField(
        required=False, default=None, help_text="For handlers, heads of office and reporters, who work in a unit."
    )
    at = AwareDateTimeField(required=False, default=None, help_text="Now when missing.")


class SkipOutput(serializers.Serializer[Any]):
    """Somebody, or a vacant post, that was passed over."""

    role = serializers.ChoiceField(choices=Role.choices)
    person = serializers.SerializerMethodField(help_text="Null for a vacant post.")
    reason = serializers.ChoiceField(choices=[reason.value for reason in PassedOver])

    @extend_schema_field(PersonOutput(allow_null=True))
    def get_person(self, skip: Skip) -> object:
        """Return the person by name."""
        return PersonOutput(self.context["people"][skip.person_id]).data if skip.person_id else None


class ReachOutput(serializers.Serializer[Any]):
    """Who would be told, the role they were found in, and who was passed over on the way and why."""

    people = serializers.SerializerMethodField()
    found_in = serializers.ChoiceField(source="role", choices=Role.choices, allow_null=True)
    passed_over = SkipOutput(source="skips", many=True)

    @extend_schema_field(PersonOutput(many=True))
    def get_people(self, reached: Reached) -> object:
        """Return the people by name."""
        return PersonOutput([self.context["people"][person_id] for person_id in reached.people], many=True).data
