"""Shapes of the training log in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.days import plausible
from backend.common.serializers import CleanTextField, StrictSerializer
from backend.organisation.roles import Role
from backend.organisation.serializers import PersonOutput, UnitOutput
from backend.training.models import (
    LONGEST_CERTIFICATE,
    LONGEST_HOLDER,
    LONGEST_REASON,
    LONGEST_TITLE,
    MOST_CLASSES,
    MOST_IN_CLASS,
    MOST_MINUTES,
    MOST_PEOPLE,
    ClassAttendance,
    TrainingDue,
    TrainingKind,
    TrainingSession,
)
from backend.training.naming import name_of
from backend.training.services.recording import ClassDraft, SessionDraft

COUNTS_UNTIL = "The last day on which it counts; null: it counts for no required training."


class ClassPresentInput(StrictSerializer):
    """A class that was there: numbers alone, and no pupil by name."""

    unit = serializers.UUIDField(help_text="A class of the school.")
    due = serializers.IntegerField(min_value=1, max_value=MOST_IN_CLASS, help_text="How many belong to it.")
    present = serializers.IntegerField(min_value=0, max_value=MOST_IN_CLASS)


class TrainingInput(StrictSerializer):
    """A training, lesson or drill that was held; either a required one by its code, or another one by its title."""

    code = serializers.RegexField(
        r"^[A-Z][A-Z0-9_]{1,29}\Z", required=False, allow_null=True, default=None, help_text="Of a required training."
    )
    title = CleanTextField(
        max_length=LONGEST_TITLE, multiline=False, required=False, allow_blank=True, default="", help_text="Of another."
    )
    kind = serializers.ChoiceField(choices=TrainingKind.choices)
    held_on = serializers.DateField(validators=[plausible], help_text="Today or before, by the school's clock.")
    minutes = serializers.IntegerField(min_value=1, max_value=MOST_MINUTES)
    held_by = CleanTextField(max_length=LONGEST_HOLDER, multiline=False, help_text="A person, an office, an agency.")
    certificate = CleanTextField(
        max_length=LONGEST_CERTIFICATE, multiline=False, required=False, allow_blank=True, default=""
    )
    counts_until = serializers.DateField(
        required=False,
        allow_null=True,
        default=None,
        validators=[plausible],
        help_text="Null: for as long as the rules say.",
    )
    people = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=MOST_PEOPLE, help_text="Who was there."
    )
    classes = serializers.ListField(child=ClassPresentInput(), required=False, default=list, max_length=MOST_CLASSES)

    def draft(self) -> SessionDraft:
        """Return what was sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        given = self.validated_data
        rest = {
            name: given[name]
            for name in ("title", "kind", "held_on", "minutes", "held_by", "certificate", "counts_until", "people")
        }
        classes = [ClassDraft(one["unit"], one["due"], one["present"]) for one in given["classes"]]
        return SessionDraft(code=given["code"] or "", classes=classes, **rest)


class VoidInput(StrictSerializer):
    """The reason for which an entry is void."""

    reason = CleanTextField(max_length=LONGEST_REASON)


class ClassPresentOutput(serializers.ModelSerializer[ClassAttendance]):
    """A class that was there: how many belong to it, and how many were present."""

    unit = UnitOutput()

    class Meta:
        model = ClassAttendance
        fields = ("unit", "due", "present")


class TrainingRow(serializers.ModelSerializer[TrainingSession]):
    """A training, lesson or drill as it was held."""

    code = serializers.SerializerMethodField(help_text="Of a required training; null: of another.")
    name = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(choices=TrainingKind.choices)
    counts_until = serializers.DateField(allow_null=True, help_text=COUNTS_UNTIL)
    people_count = serializers.IntegerField(help_text="How many colleagues were there.")
    classes = ClassPresentOutput(many=True)
    is_void = serializers.SerializerMethodField(help_text="Whether it was entered by mistake, and counts no more.")

    class Meta:
        model = TrainingSession
        fields: tuple[str, ...] = (
            *("id", "code", "name", "kind", "held_on", "minutes", "held_by", "counts_until"),
            *("people_count", "classes", "is_void"),
        )

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_code(self, row: TrainingSession) -> str | None:
        """Return the code."""
        return row.code or None

    def get_name(self, row: TrainingSession) -> str:
        """Return the name in the reader's language."""
        return name_of(row)

    def get_is_void(self, row: TrainingSession) -> bool:
        """Return whether it is void."""
        return row.void_at is not None


class TrainingOutput(TrainingRow):
    """One of them with who was there, as far as the reader may know: themselves, or everybody."""

    people = serializers.SerializerMethodField(help_text="Only those whose names the reader may know.")
    certificate = serializers.SerializerMethodField(help_text="That those people got; empty: none.")
    by = PersonOutput(help_text="By whom it was entered.")
    void_by = PersonOutput(allow_null=True)

    class Meta(TrainingRow.Meta):
        fields = (*TrainingRow.Meta.fields, "people", "certificate", "by", "at", "void_by", "void_at", "void_reason")

    @extend_schema_field(PersonOutput(many=True))
    def get_people(self, row: TrainingSession) -> Any:
        """Return the people."""
        seen = row.seen  # type: ignore[attr-defined]  # the selector's
        return PersonOutput([one.person for one in seen], many=True).data

    def get_certificate(self, row: TrainingSession) -> str:
        """Return the certificate."""
        return next((one.certificate for one in row.seen), "")  # type: ignore[attr-defined]  # the selector's


class TrainingDueOutput(serializers.ModelSerializer[TrainingDue]):
    """A training that is due of somebody, or a lesson of a class."""

    name = serializers.SerializerMethodField()
    person = PersonOutput(allow_null=True)
    unit = UnitOutput(allow_null=True, help_text="The class; null: of a person.")
    is_overdue = serializers.SerializerMethodField()

    class Meta:
        model = TrainingDue
        fields = ("id", "code", "name", "person", "unit", "due_on", "is_overdue")

    def get_name(self, row: TrainingDue) -> str:
        """Return the name in the reader's language."""
        return name_of(row)

    def get_is_overdue(self, row: TrainingDue) -> bool:
        """Return whether its day is over."""
        return bool(row.due_at <= self.context["now"])


class TrainingRuleOutput(serializers.Serializer[Any]):
    """A training that the school's rules require: of which posts or of each class, and how often."""

    code = serializers.CharField()
    name = serializers.CharField()
    posts = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices), source="roles")
    office = serializers.CharField(help_text="The code of the office; empty: of every one.")
    each_class = serializers.BooleanField()
    every_days = serializers.IntegerField(source="every.days", help_text="For how long one counts.")
    first_days = serializers.IntegerField(source="first.days", help_text="The time for the first one.")
    told_days = serializers.IntegerField(source="told.days", help_text="How long before it is due somebody is told.")
