"""Shapes of reports in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import AwareDateTimeField, CleanTextField, StrictSerializer
from backend.incidents.models import Report
from backend.incidents.selectors import (
    answers_of,
)
from backend.incidents.services import OWN, Caller
from backend.organisation.serializers import PlaceOutput, UnitOutput
from backend.workflow.earlier import Earlier, EarlierRelation
from backend.workflow.models import ReporterMode
from backend.workflow.policy import reporter_may_open
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
    """An earlier report about the same."""

    ticket = serializers.UUIDField()
    relation = serializers.ChoiceField(
        choices=[(relation.value, relation.value) for relation in EarlierRelation],
        help_text="`same`: the report goes on with that ticket, whose office reads it, and its state is `merged`. "
        "`follows`: it is another problem that follows from it, so it stays a ticket of its own, linked with that one.",
    )


class ReportInput(StrictSerializer):
    """A report to file."""

    category = serializers.CharField(max_length=10)
    place = serializers.UUIDField(required=False, allow_null=True, default=None)
    occurred_at = AwareDateTimeField()
    description = CleanTextField(max_length=LONGEST_TEXT)
    persons_concerned = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=20, help_text="They never see it."
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


class WithdrawInput(StrictSerializer):
    """The reason for taking a report back, if there is one."""

    note = CleanTextField(max_length=4000, required=False, allow_blank=True, default="")
