"""Shapes of schools and people in the API."""

from typing import Any

from rest_framework import serializers

from backend.organisation.models import Person, Place, Unit
from backend.organisation.roles import Role


class PostOutput(serializers.Serializer[Any]):
    """A role held now, in a unit or for the whole school."""

    role = serializers.ChoiceField(choices=Role.choices)
    unit = serializers.UUIDField(source="unit_id", allow_null=True)


class ActorOutput(serializers.Serializer[Any]):
    """The signed-in person."""

    person = serializers.UUIDField(source="person_id")
    name = serializers.CharField()
    school = serializers.UUIDField(source="school_id", allow_null=True)
    bureau = serializers.UUIDField(source="bureau_id", allow_null=True)
    posts = PostOutput(many=True)


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


class PersonOutput(serializers.ModelSerializer[Person]):
    """A person by name."""

    class Meta:
        model = Person
        fields = ["id", "name"]
