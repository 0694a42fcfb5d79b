"""Shapes of rounds in the API."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import CleanTextField, StrictSerializer
from backend.organisation.actors import Actor
from backend.organisation.serializers import PersonOutput, UnitOutput
from backend.rounds.answer_shapes import ItemAnswerOutput, lines_said
from backend.rounds.models import Round, RoundAnswer, RoundExcuse, RoundState, RoundTicket, Said
from backend.rounds.selectors.route import stops_of
from backend.rounds.selectors.tickets import tickets_of_round
from backend.rounds.sight import may_answer, may_excuse, values_shown
from backend.rounds.sweep_shapes import SweepOutput
from backend.rounds.visit_shapes import StopOutput
from backend.rulebook.round_rules import AnsweredBy, RoundKind, RoundPlan
from backend.rulebook.selectors import ruleset_get
from backend.workflow.states import State

CAN = ("answer", "visit", "correct", "excuse", "link_omission")


def plan_of(row: Round) -> RoundPlan:
    """Return the plan of a round, by the rulebook it was made under."""
    return ruleset_get(row.rulebook_id).round_plans[row.plan]


class ExcuseInput(StrictSerializer):
    """The reason for which a round need not be answered."""

    reason = CleanTextField(max_length=1000)


class OmissionInput(StrictSerializer):
    """A ticket about something that had happened before all was said to be well."""

    ticket = serializers.CharField(max_length=40, help_text="Its id or reference.")


def omission_read(body: object) -> str:
    """Return which ticket is named; raise ValidationError."""
    given = OmissionInput(data=body)
    given.is_valid(raise_exception=True)
    return str(given.validated_data["ticket"])


def reason_read(body: object) -> str:
    """Return a reason as it was sent; raise ValidationError."""
    given = ExcuseInput(data=body)
    given.is_valid(raise_exception=True)
    return str(given.validated_data["reason"])


class RoundRow(serializers.ModelSerializer[Round]):
    """A round in a list."""

    plan_name = serializers.SerializerMethodField()
    post = serializers.SerializerMethodField(help_text="At a gate: of which post; null for every other round.")
    kind = serializers.SerializerMethodField()
    office = UnitOutput(source="unit", allow_null=True)
    school_name = serializers.CharField(source="school.name")
    assignee = PersonOutput(allow_null=True)
    state = serializers.ChoiceField(choices=RoundState.choices)
    said = serializers.SerializerMethodField(help_text="By the latest answer; null: there is none.")
    is_late = serializers.BooleanField(help_text="Whether it was answered after it had been missed.")

    class Meta:
        model = Round
        fields = (
            *(
                "id",
                "plan",
                "plan_name",
                "post",
                "kind",
                "office",
                "school",
                "school_name",
                "day",
                "turn",
                "opens_at",
                "due_at",
            ),
            *("late_at", "state", "said", "is_late", "answered_at", "assignee"),
        )

    @extend_schema_field(serializers.ChoiceField(choices=Said.choices, allow_null=True))
    def get_said(self, row: Round) -> str | None:
        """Return the sum of the latest answer."""
        return row.said or None

    def get_plan_name(self, row: Round) -> str:
        """Return the plan's name in the reader's language."""
        return plan_of(row).name

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_post(self, row: Round) -> str | None:
        """Return the name of the post in the reader's language."""
        post = plan_of(row).post_of(row.turn)
        return post.name if post else None

    @extend_schema_field(serializers.ChoiceField(choices=RoundKind.choices))
    def get_kind(self, row: Round) -> str:
        """Return the kind of planned looking."""
        return plan_of(row).kind


class CheckItemOutput(serializers.Serializer[Any]):
    """A line of the checklist."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=AnsweredBy.choices)
    category = serializers.CharField(help_text="Under which a no is reported; empty for a number.")
    is_starred = serializers.BooleanField(help_text="Whether a no is at least P2.")
    is_required = serializers.BooleanField(help_text="Whether it belongs to every answer.")
    is_delicate = serializers.BooleanField(help_text="Whether it is shown outside its class from two on only.")


class RoundAnswerOutput(serializers.ModelSerializer[RoundAnswer]):
    """One answer; the first, or a correction beside it."""

    by = PersonOutput()
    said = serializers.ChoiceField(choices=Said.choices)
    items = serializers.SerializerMethodField()

    class Meta:
        model = RoundAnswer
        fields = ("number", "by", "at", "said", "words", "items")

    @extend_schema_field(ItemAnswerOutput(many=True))
    def get_items(self, answer: RoundAnswer) -> list[dict[str, Any]]:
        """Return the lines that were answered."""
        return lines_said(values_shown(actor=self.context["actor"], row=answer.round, values=answer.values))


class RoundExcuseOutput(serializers.ModelSerializer[RoundExcuse]):
    """By whom, and for what reason, a round needs no answer."""

    by = PersonOutput()

    class Meta:
        model = RoundExcuse
        fields = ("by", "at", "reason")


class TicketOfRoundOutput(serializers.ModelSerializer[RoundTicket]):
    """A ticket that belongs to a round, of those the reader may know of."""

    ticket = serializers.UUIDField(source="ticket_id")
    reference = serializers.CharField(source="ticket.reference")
    state = serializers.ChoiceField(source="ticket.state", choices=State.choices)

    class Meta:
        model = RoundTicket
        fields = ("kind", "line", "visit", "ticket", "reference", "state", "at")


class RoundOutput(RoundRow):
    """A round with its checklist and all that was said of it."""

    checklist = serializers.SerializerMethodField()
    answers = RoundAnswerOutput(many=True)
    route = serializers.SerializerMethodField(help_text="Of a patrol or walk: its places in order, with their visits.")
    tickets = serializers.SerializerMethodField()
    excuse = RoundExcuseOutput(allow_null=True, default=None)
    sweep = SweepOutput(allow_null=True, default=None, help_text="Why it was asked for; null for what is planned.")
    can = serializers.SerializerMethodField(help_text="What the reader can do with it now.")

    class Meta(RoundRow.Meta):
        fields = (*RoundRow.Meta.fields, "checklist", "answers", "route", "tickets", "excuse", "sweep", "can")  # type: ignore[assignment]

    @extend_schema_field(CheckItemOutput(many=True))
    def get_checklist(self, row: Round) -> Any:
        """Return what is asked, line by line."""
        return CheckItemOutput(plan_of(row).checklist.items, many=True).data

    @extend_schema_field(StopOutput(many=True))
    def get_route(self, row: Round) -> Any:
        """Return the places that are walked over; none for other rounds."""
        return StopOutput(stops_of(row=row), many=True).data if plan_of(row).goes_over_places else []

    @extend_schema_field(TicketOfRoundOutput(many=True))
    def get_tickets(self, row: Round) -> Any:
        """Return the tickets that were opened about what it found."""
        return TicketOfRoundOutput(tickets_of_round(actor=self.context["actor"], row=row), many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=CAN)))
    def get_can(self, row: Round) -> list[str]:
        """Return what the services would not refuse."""
        return list(can_of(actor=self.context["actor"], row=row))


def can_of(*, actor: Actor, row: Round) -> Iterator[str]:
    """Yield what somebody can do with a round as it is now."""
    if row.state == RoundState.EXCUSED:
        return
    is_asked, answers_for_it = may_answer(actor=actor, row=row), may_excuse(actor=actor, row=row)
    if is_asked:
        yield "correct" if row.state == RoundState.ANSWERED else "answer"
        if plan_of(row).goes_over_places and row.state != RoundState.ANSWERED:
            yield "visit"
    elif answers_for_it and row.state != RoundState.ANSWERED:
        yield "excuse"
    if row.said == Said.ALL_WELL and (is_asked or answers_for_it):
        yield "link_omission"


class RoundOfTicketOutput(serializers.ModelSerializer[RoundTicket]):
    """A round to which a ticket belongs, of those the reader knows of."""

    round = RoundRow()

    class Meta:
        model = RoundTicket
        fields = ("round", "kind", "line", "at")
