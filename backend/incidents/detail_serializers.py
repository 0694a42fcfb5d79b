"""Shapes in the API of a report that is read by itself, and of one behind a ticket."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.incidents.models import Report, ReportAmendment
from backend.incidents.selectors import (
    ReportBehind,
    amendments_of,
    can_change,
    date_promised,
    promise_of,
    result_published,
)
from backend.incidents.serializers import CHANGES, AnswerOutput, CallerOutput, ReportOutput, answers_shown
from backend.organisation.permissions import Permission
from backend.rulebook.ruleset import CLOCK_CHOICES
from backend.workflow.serializers.outcome import ResultOutput


class AmendmentOutput(serializers.ModelSerializer[ReportAmendment]):
    """Words added to a report."""

    class Meta:
        model = ReportAmendment
        fields = ["id", "text", "added_at"]


class NextOutput(serializers.Serializer[Any]):
    """The next thing to happen, as the clock that is due first, and by when."""

    what = serializers.ChoiceField(choices=CLOCK_CHOICES)
    by = serializers.DateTimeField()


class PromiseOutput(serializers.Serializer[Any]):
    """By when somebody confirms to have seen it, solves it and checks that; null: it was done, or nobody has to."""

    acknowledge_by = serializers.DateTimeField(allow_null=True)
    resolve_by = serializers.DateTimeField(allow_null=True)
    verify_by = serializers.DateTimeField(allow_null=True)
    next = NextOutput(allow_null=True)


class DatePromisedOutput(serializers.Serializer[Any]):
    """The date by which the office promised to solve it, why not sooner, and how often that was changed."""

    due_at = serializers.DateTimeField()
    reason = serializers.CharField()
    changes = serializers.IntegerField()


class ReportDetailOutput(ReportOutput):
    """A report with what was added to it, and what its reporter can count on."""

    amendments = serializers.SerializerMethodField()
    promise = serializers.SerializerMethodField()
    promised = serializers.SerializerMethodField(help_text="Null while no date is promised.")
    result = serializers.SerializerMethodField(help_text="What was published of it; null while nothing is.")
    available_actions = serializers.SerializerMethodField()

    class Meta(ReportOutput.Meta):
        fields = [*ReportOutput.Meta.fields, "amendments", "promise", "promised", "result", "available_actions"]

    @extend_schema_field(AmendmentOutput(many=True))
    def get_amendments(self, report: Report) -> Any:
        """Return what was added, first to last."""
        return AmendmentOutput(amendments_of(report=report), many=True).data

    @extend_schema_field(PromiseOutput)
    def get_promise(self, report: Report) -> Any:
        """Return by when what happens."""
        return PromiseOutput(promise_of(report=report)).data

    @extend_schema_field(DatePromisedOutput(allow_null=True))
    def get_promised(self, report: Report) -> Any:
        """Return the promise that stands."""
        promised = date_promised(report=report)
        return DatePromisedOutput(promised).data if promised else None

    @extend_schema_field(ResultOutput(allow_null=True))
    def get_result(self, report: Report) -> Any:
        """Return what was published, where the ticket is the reporter's to open."""
        result = result_published(report=report)
        return ResultOutput(result).data if result else None

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=CHANGES)))
    def get_available_actions(self, report: Report) -> list[str]:
        """Return what the reporter can still do to the report itself; whoever holds no post any more only reads it."""
        is_staff = self.context["actor"].may(Permission.STAFF)
        return list(CHANGES) if is_staff and can_change(ticket=report.ticket) else []


class ReportBehindOutput(serializers.Serializer[Any]):
    """A report behind a ticket, in its own words."""

    id = serializers.UUIDField(source="report.id")
    ticket = serializers.UUIDField(
        source="report.ticket_id", help_text="Another one than asked for where that was merged."
    )
    category = serializers.CharField(source="report.category")
    occurred_at = serializers.DateTimeField(source="report.occurred_at")
    description = serializers.CharField(source="report.description")
    filed_at = serializers.DateTimeField(source="report.filed_at")
    is_exercise = serializers.BooleanField(source="report.is_exercise")
    caller = serializers.SerializerMethodField(help_text="Null where there is none, or where the reader may not know.")
    answers = serializers.SerializerMethodField()
    amendments = AmendmentOutput(many=True)

    @extend_schema_field(AnswerOutput(many=True))
    def get_answers(self, behind: ReportBehind) -> list[dict[str, Any]]:
        """Return what was answered to the questions of the category it was filed under."""
        return answers_shown(behind.report)

    @extend_schema_field(CallerOutput(allow_null=True))
    def get_caller(self, behind: ReportBehind) -> Any:
        """Return on whose behalf it was filed."""
        shown = behind.shows_caller and behind.report.caller_name
        return CallerOutput(behind.report).data if shown else None
