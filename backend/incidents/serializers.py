"""Shapes of reports in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import AwareDateTimeField, CleanTextField, IdField, StrictSerializer
from backend.incidents.models import Report, ReportAmendment
from backend.incidents.selectors import (
    ReportBehind,
    amendments_of,
    answers_of,
    can_change,
    date_promised,
    promise_of,
    result_published,
)
from backend.incidents.services import OWN, Caller
from backend.organisation.permissions import Permission
from backend.organisation.serializers import PlaceOutput, UnitOutput
from backend.rulebook.ruleset import CLOCK_CHOICES
from backend.workflow.earlier import Earlier, EarlierRelation
from backend.workflow.models import ReporterMode
from backend.workflow.policy import reporter_may_open
from backend.workflow.serializers.results import ResultOutput
from backend.workflow.services import TicketDraft
from backend.workflow.states import State

LONGEST_TEXT = 8000
LONGEST_CALLER = 80
LONGEST_CONTACT = 120
CHANGES = ["amend", "withdraw"]
MODES = [(mode.value, mode.value) for mode in (ReporterMode.NAMED, ReporterMode.CONFIDENTIAL)]
"""The modes that a reporter who signed in can choose."""


class CallerInput(StrictSerializer):
    """Somebody else on whose behalf the report is filed, such as a pupil or a parent on the telephone."""

    name = CleanTextField(max_length=LONGEST_CALLER, multiline=False)
    contact = CleanTextField(
        max_length=LONGEST_CONTACT,
        multiline=False,
        required=False,
        allow_blank=True,
        default="",
        help_text="How to reach them.",
    )


class EarlierInput(StrictSerializer):
    """What was reported before about the same."""

    ticket = IdField()
    relation = serializers.ChoiceField(
        choices=[(relation.value, relation.value) for relation in EarlierRelation],
        help_text="`same`: the report goes on with that ticket, whose office reads it, and its state is `merged`. "
        "`follows`: it is another problem that follows from it, so it stays a ticket of its own, linked with that one.",
    )


class ReportInput(StrictSerializer):
    """A report to file."""

    category = serializers.CharField(max_length=10)
    place = IdField(required=False, allow_null=True, default=None)
    occurred_at = AwareDateTimeField()
    description = CleanTextField(max_length=LONGEST_TEXT)
    persons_concerned = serializers.ListField(
        child=IdField(), required=False, default=list, max_length=20, help_text="They never see it."
    )
    caller = CallerInput(required=False, allow_null=True, default=None)
    reporter_mode = serializers.ChoiceField(
        choices=MODES,
        required=False,
        allow_null=True,
        default=None,
        help_text="`confidential`: no reader of the ticket is told who reported it, whatever becomes of its class. "
        "Left out: `confidential` for class K2, else `named`.",
    )
    answers = serializers.DictField(
        child=serializers.CharField(max_length=20),
        required=False,
        default=dict,
        help_text="Answers to the short questions of the category (`GET /categories`): by the key of the question the "
        "key of the answer, or `unknown`. None has to be answered. An answer may raise the severity, or change the "
        "office that answers.",
    )
    earlier = EarlierInput(
        required=False,
        allow_null=True,
        default=None,
        help_text="An open ticket about the same (`GET /reports/alike`). Where the report cannot go on with it any "
        "more, it is filed by itself all the same, and linked where that is possible.",
    )
    exercise = serializers.BooleanField(
        required=False, default=False, help_text="A drill, marked as such everywhere; for leaders and the coordinator."
    )


TO_FILE = ReportInput()


def report_read(given: Any, *, fields: ReportInput = TO_FILE) -> tuple[TicketDraft, Caller]:
    """Return what is filed and on whose behalf, or raise ValidationError; the fields are made once for the process."""
    values: dict[str, Any] = fields.run_validation(given)
    earlier = values["earlier"]
    draft = TicketDraft(
        category=values["category"],
        place_id=values["place"],
        occurred_at=values["occurred_at"],
        description=values["description"],
        persons_concerned=frozenset(values["persons_concerned"]),
        is_exercise=values["exercise"],
        reporter_mode=ReporterMode(values["reporter_mode"]) if values["reporter_mode"] else None,
        answers=values["answers"],
        earlier=Earlier(earlier["ticket"], EarlierRelation(earlier["relation"])) if earlier else None,
    )
    caller = values["caller"]
    return draft, Caller(name=caller["name"], contact=caller["contact"]) if caller else OWN


class CallerOutput(serializers.Serializer[Any]):
    """On whose behalf a report was filed."""

    name = serializers.CharField(source="caller_name")
    contact = serializers.CharField(source="caller_contact")


class AnswerOutput(serializers.Serializer[Any]):
    """An answer to a short question, with the words of both."""

    question = serializers.CharField(source="question.key")
    question_label = serializers.CharField(source="question.label")
    answer = serializers.CharField(source="choice.key")
    answer_label = serializers.CharField(source="choice.label")


def answers_shown(report: Report) -> list[dict[str, Any]]:
    """Return the answers of a report in the reader's language, in the order of the questions."""
    return list(AnswerOutput(answers_of(report=report), many=True).data) if report.answers else []


class ReportOutput(serializers.ModelSerializer[Report]):
    """A report as its reporter sees it."""

    reference = serializers.CharField(source="ticket.reference")
    state = serializers.ChoiceField(source="ticket.state", choices=State.choices)
    office = serializers.SerializerMethodField(
        help_text="Who has it; where the report concerns its own reporter, the office that receives reports."
    )
    ticket = serializers.SerializerMethodField(
        help_text="The ticket's id; null where the reporter may not open it, as for class K2, whose ticket is sealed."
    )
    place = PlaceOutput(allow_null=True)
    caller = serializers.SerializerMethodField(help_text="Null where it is the reporter's own.")
    answers = serializers.SerializerMethodField()

    class Meta:
        model = Report
        fields = [
            "id",
            "reference",
            "state",
            "category",
            "place",
            "occurred_at",
            "description",
            "filed_at",
            "is_exercise",
            "reporter_mode",
            "caller",
            "answers",
            "office",
            "ticket",
        ]

    @extend_schema_field(UnitOutput())
    def get_office(self, report: Report) -> Any:
        """Return who has it; to a reporter whom it concerns always the same office."""
        intake = report.ticket.school.intake_unit if report.concerns_reporter else None
        return OFFICE.to_representation(intake or report.ticket.owner)

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_ticket(self, report: Report) -> str | None:
        """Return the ticket's id where the reporter may open it."""
        is_open = report.opens_ticket and reporter_may_open(confidentiality=report.ticket.confidentiality)
        return str(report.ticket_id) if is_open else None

    @extend_schema_field(CallerOutput(allow_null=True))
    def get_caller(self, report: Report) -> Any:
        """Return on whose behalf it was filed."""
        return CallerOutput(report).data if report.caller_name else None

    @extend_schema_field(AnswerOutput(many=True))
    def get_answers(self, report: Report) -> list[dict[str, Any]]:
        """Return what was answered to the category's questions."""
        return answers_shown(report)


FILED, OFFICE = ReportOutput(), UnitOutput()


def report_shown(report: Report) -> dict[str, Any]:
    """Return a report as its reporter sees it; the fields are made once for the process, not for every report filed."""
    shown: dict[str, Any] = FILED.to_representation(report)
    return shown


class AmendmentInput(StrictSerializer):
    """Words to add to a report."""

    text = CleanTextField(max_length=LONGEST_TEXT)


class AmendmentOutput(serializers.ModelSerializer[ReportAmendment]):
    """Words added to a report."""

    class Meta:
        model = ReportAmendment
        fields = ["id", "text", "added_at"]


class WithdrawInput(StrictSerializer):
    """The reason for taking a report back, if there is one."""

    note = CleanTextField(max_length=4000, required=False, allow_blank=True, default="")


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
