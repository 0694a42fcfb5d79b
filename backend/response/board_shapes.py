"""Shapes of started plans in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import CleanTextField, StrictSerializer
from backend.organisation.roles import Role
from backend.organisation.serializers import PersonOutput, UnitOutput
from backend.response.models import LONGEST_CODE, LONGEST_WORDS, Response, ResponseTask
from backend.response.selectors.boards import Board
from backend.response.serializers import LACKS
from backend.response.services.answering import Word
from backend.response.services.drilling import DrillDraft
from backend.response.words import plan_behind


class StartInput(StrictSerializer):
    """The plan that is started."""

    plan = serializers.CharField(max_length=LONGEST_CODE, help_text="Its code.")

    def code(self) -> str:
        """Return the code that was sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        return str(self.validated_data["plan"])


class DrillInput(StrictSerializer):
    """The place of a drill, and the words on what is supposed to have happened."""

    place = serializers.UUIDField(required=False, allow_null=True, default=None)
    words = CleanTextField(max_length=LONGEST_WORDS)

    def draft(self) -> DrillDraft:
        """Return what was sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        return DrillDraft(self.validated_data["words"], self.validated_data["place"])


class EndInput(StrictSerializer):
    """The words with which a plan is ended."""

    words = CleanTextField(max_length=LONGEST_WORDS)

    def said(self) -> str:
        """Return what was sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        return str(self.validated_data["words"])


class DoneInput(StrictSerializer):
    """The words on a step that is done."""

    words = CleanTextField(max_length=LONGEST_WORDS, required=False, allow_blank=True, default="")

    def said(self) -> Word:
        """Return what was sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        return Word(is_done=True, words=self.validated_data["words"])


class ResponseRow(serializers.ModelSerializer[Response]):
    """A started plan on a ticket, and how many of its steps nobody has answered."""

    code = serializers.CharField(source="plan")
    name = serializers.SerializerMethodField()
    started_by = PersonOutput()
    asked_count = serializers.IntegerField()
    silent_count = serializers.IntegerField(help_text="Nobody has said yet that they are there.")
    done_count = serializers.IntegerField()

    class Meta:
        model = Response
        fields = (
            *("id", "code", "name", "started_by", "started_at", "ended_at"),
            *("asked_count", "silent_count", "done_count"),
        )

    @extend_schema_field(serializers.CharField())
    def get_name(self, row: Response) -> str:
        """Return the name of the plan."""
        return plan_behind(row).name


class TaskOutput(serializers.Serializer[Any]):
    """A step that is asked of somebody."""

    id = serializers.UUIDField(source="task.id")
    key = serializers.CharField(source="step.key")
    words = serializers.CharField(source="step.words")
    role = serializers.ChoiceField(source="task.role", choices=Role.choices)
    unit = UnitOutput(source="task.unit", allow_null=True)
    people = PersonOutput(
        many=True, help_text="Whoever was asked or told; for the reporter or without the ticket in sight, the reader."
    )
    minutes = serializers.IntegerField(source="step.minutes", help_text="After the start, by which it is to be done.")
    took = serializers.IntegerField(allow_null=True, help_text="After how many minutes it was done.")
    due_at = serializers.DateTimeField(source="task.due_at")
    there_at = serializers.DateTimeField(source="task.there_at", allow_null=True)
    there_by = PersonOutput(source="task.there_by", allow_null=True)
    done_at = serializers.DateTimeField(source="task.done_at", allow_null=True)
    done_by = PersonOutput(source="task.done_by", allow_null=True)
    said = serializers.CharField(source="task.words", help_text="By whoever did it.")
    is_late = serializers.BooleanField(source="task.is_late")
    is_mine = serializers.BooleanField()
    may_answer = serializers.BooleanField()


class ResponseOutput(serializers.Serializer[Any]):
    """A started plan: all of its steps for whoever sees the ticket, else the reader's own alone."""

    id = serializers.UUIDField(source="row.id")
    code = serializers.CharField(source="plan.code")
    name = serializers.CharField(source="plan.name")
    ticket = serializers.SerializerMethodField(help_text="Null for whoever may not know of it.")
    place = serializers.CharField(help_text="Its name; empty where it has none, or may not be told any more.")
    is_exercise = serializers.BooleanField(source="row.ticket.is_exercise")
    started_by = PersonOutput(source="row.started_by")
    started_at = serializers.DateTimeField(source="row.started_at")
    lacks = serializers.ListField(
        child=serializers.ChoiceField(choices=LACKS), source="row.lacks", help_text="By which it was started."
    )
    ended_by = PersonOutput(source="row.ended_by", allow_null=True)
    ended_at = serializers.DateTimeField(source="row.ended_at", allow_null=True)
    ended_words = serializers.SerializerMethodField()
    stand_down = serializers.CharField(source="plan.stand_down")
    may_end = serializers.BooleanField()
    tasks = TaskOutput(many=True)

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_ticket(self, board: Board) -> Any:
        """Return the ticket's id."""
        return board.row.ticket_id if board.sees_ticket else None

    @extend_schema_field(serializers.CharField())
    def get_ended_words(self, board: Board) -> str:
        """Return with which words it was ended."""
        return board.row.ended_words if board.sees_ticket else ""


class MineOutput(serializers.ModelSerializer[ResponseTask]):
    """A step of a running plan that is asked of the reader and not done."""

    response = serializers.UUIDField(source="response_id")
    plan = serializers.SerializerMethodField()
    words = serializers.SerializerMethodField()

    class Meta:
        model = ResponseTask
        fields = ("id", "response", "plan", "words", "due_at", "there_at")

    @extend_schema_field(serializers.CharField())
    def get_plan(self, task: ResponseTask) -> str:
        """Return the name of the plan."""
        return plan_behind(task.response).name

    @extend_schema_field(serializers.CharField())
    def get_words(self, task: ResponseTask) -> str:
        """Return what is asked."""
        return plan_behind(task.response).step(task.step).words
