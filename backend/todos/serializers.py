"""Shapes of to-do systems in the API."""

from typing import Any, ClassVar

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import CleanTextField, StrictSerializer
from backend.organisation.serializers import PersonOutput
from backend.todos.models import LONGEST_KNOWN_AS, LONGEST_NAME, PushedTodo, TodoName, TodoSystem
from backend.todos.selectors.everything import Waiting
from backend.todos.services.systems import MOST_NAMES, SystemDraft
from backend.todos.todo import State, Todo
from backend.todos.words import TO_DO

LONGEST_SECRET = 400
IN_A_HEADER = r"^[!-~]([ -~]*[!-~])?\Z"
"""Characters that can stand in a header."""


class TodoSystemInput(StrictSerializer):
    """A to-do system, as it is to be."""

    name = CleanTextField(max_length=LONGEST_NAME, multiline=False)
    kind = serializers.ChoiceField(choices=TodoSystem.Kind.choices)
    known_by = serializers.ChoiceField(
        choices=TodoSystem.KnownBy.choices,
        default=TodoSystem.KnownBy.STAFF_NUMBER,
        help_text="How the system calls people: by their staff numbers, or by names entered for it.",
    )
    setup = serializers.DictField(help_text="Addresses and shapes, as the kind asks for; no secret.")
    secret = serializers.RegexField(
        IN_A_HEADER,
        max_length=LONGEST_SECRET,
        required=False,
        help_text="Never shown again. Without it, a change keeps the one there is.",
    )

    def draft(self) -> SystemDraft:
        """Return what was sent."""
        given = self.validated_data
        return SystemDraft(given["name"], given["kind"], given["known_by"], given["setup"], given.get("secret"))


class SwitchInput(StrictSerializer):
    """The switch: on or off."""

    is_on = serializers.BooleanField()


class TodoSystemOutput(serializers.ModelSerializer[TodoSystem]):
    """A to-do system; its secret is never shown."""

    setup = serializers.DictField()
    made_by = PersonOutput()
    has_secret = serializers.SerializerMethodField()
    standing_count = serializers.IntegerField(help_text="The to-dos that stand open there.")
    refused_count = serializers.IntegerField(help_text="The to-dos that it did not take.")

    class Meta:
        model = TodoSystem
        fields: ClassVar[list[str]] = [
            *("id", "name", "kind", "known_by", "setup", "has_secret", "is_on", "made_by", "made_at"),
            *("tried_at", "try_error", "rests_until", "last_error", "checked_at", "standing_count", "refused_count"),
        ]

    def get_has_secret(self, system: TodoSystem) -> bool:
        """Say whether a secret is kept."""
        return bool(system.secret)


class NameShape(StrictSerializer):
    """The name by which the system knows one person."""

    staff_number = CleanTextField(max_length=40, multiline=False)
    known_as = CleanTextField(max_length=LONGEST_KNOWN_AS, multiline=False)


class NamesInput(StrictSerializer):
    """The names by which the system knows people; whoever is not in the list is not known there."""

    items = serializers.ListField(child=NameShape(), max_length=MOST_NAMES)

    def names(self) -> list[tuple[str, str]]:
        """Return what was sent."""
        return [(row["staff_number"], row["known_as"]) for row in self.validated_data["items"]]


class NameOutput(serializers.ModelSerializer[TodoName]):
    """The name by which the system knows one person."""

    person = PersonOutput()
    staff_number = serializers.CharField(source="person.staff_number")

    class Meta:
        model = TodoName
        fields: ClassVar[list[str]] = ["person", "staff_number", "known_as"]


class NamesOutput(serializers.Serializer[Any]):
    """The number of names that were set."""

    count = serializers.IntegerField()


class PulledOutput(serializers.Serializer[Any]):
    """A to-do of somebody; of one that is gone only that it is."""

    source_id = serializers.CharField(help_text="The same for a person and a thing, however often it is owed.")
    person = serializers.CharField(help_text="How the portal knows them.")
    state = serializers.ChoiceField(choices=[State.OPEN, State.DONE, State.GONE])
    title = serializers.CharField()
    link = serializers.URLField(allow_blank=True)
    due_at = serializers.DateTimeField(allow_null=True)
    changed_at = serializers.DateTimeField()

    def to_representation(self, instance: tuple[PushedTodo, Todo]) -> dict[str, Any]:
        """Return it as it is now."""
        row, todo = instance
        is_gone = todo.state is State.GONE
        return {
            "source_id": todo.source_id,
            "person": row.known_as,
            "state": todo.state,
            "title": "" if is_gone else todo.title,
            "link": "" if is_gone else todo.link,
            "due_at": todo.due_text,
            "changed_at": row.changed_at.isoformat(),
        }


class WaitingOutput(serializers.Serializer[Any]):
    """One thing that waits for somebody."""

    kind = serializers.CharField(help_text="`ticket`, `round`, `step` of a started plan, or `outside`; more may come.")
    id = serializers.UUIDField(help_text="Of the ticket, the round, the step or the report to somebody outside.")
    action = serializers.CharField(help_text="On a ticket the name of its action.")
    what = serializers.SerializerMethodField(help_text="What to do, in the reader's language.")
    about = serializers.SerializerMethodField()
    due_at = serializers.DateTimeField(allow_null=True)
    link = serializers.SerializerMethodField(help_text="The page on which it is done.")
    is_exercise = serializers.BooleanField()

    def get_what(self, row: Waiting) -> str:
        """Return what to do."""
        return str(TO_DO[row.action])

    def get_about(self, row: Waiting) -> str:
        """Return what it is about."""
        return row.about()

    @extend_schema_field(OpenApiTypes.URI)
    def get_link(self, row: Waiting) -> str:
        """Return the address of the page."""
        return f"{settings.PUBLIC_URL}{row.path}"


class EverythingOutput(serializers.Serializer[Any]):
    """All that waits for somebody, the due first at the top."""

    items = WaitingOutput(many=True, source="rows")
    is_more = serializers.BooleanField(help_text="More than a hundred things wait; the first hundred are here.")
