"""Shapes of the signed-in person, of the duty they are on, and of who would be reached."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import AwareDateTimeField, StrictSerializer
from backend.duty.models import DutyShift, DutySlot
from backend.duty.reach import PassedOver, Reached, Skip
from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.organisation.serializers import PersonOutput


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
    permissions = serializers.ListField(
        child=serializers.CharField(), help_text="What the posts give leave to do, as `resource.action`."
    )

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


class ReachQuery(StrictSerializer):
    """A question about reach: the role, the unit and the instant."""

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
    """The people who would be told, the role they were found in, and those passed over, with the reason."""

    people = serializers.SerializerMethodField()
    found_in = serializers.ChoiceField(source="role", choices=Role.choices, allow_null=True)
    passed_over = SkipOutput(source="skips", many=True)

    @extend_schema_field(PersonOutput(many=True))
    def get_people(self, reached: Reached) -> object:
        """Return the people by name."""
        return PersonOutput([self.context["people"][person_id] for person_id in reached.people], many=True).data
