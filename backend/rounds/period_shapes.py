"""Shapes of special periods in the API."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import AwareDateTimeField, CleanTextField, StrictSerializer
from backend.duty.models import DutyShift
from backend.organisation.serializers import PersonOutput
from backend.rounds.models import Period, PeriodAct, PeriodDecision
from backend.rounds.models.periods import LONGEST_GOALS, LONGEST_NAME, LONGEST_WORDS
from backend.rounds.selectors.periods import Stage, review_of, shifts_lacking, stage_of, summary_shown
from backend.rounds.services.periods import MeasureDraft, PeriodDraft
from backend.rulebook.period_checks import MOST_MEASURES
from backend.rulebook.period_rules import LEAST_PERCENT, MOST_PEOPLE, MOST_PERCENT, Measure, MeasureKind
from backend.rulebook.ruleset import Severity

MOST_UNITS, MOST_PLACES = 200, 60
STAGES = [(stage.value, stage.value) for stage in Stage]
CLOCK_TIME = "%H:%M"


class PeriodMeasureInput(StrictSerializer):
    """One measure: a plan of rounds, shorter deadlines, or people on duty; its days, or those of its period."""

    kind = serializers.ChoiceField(MeasureKind.choices)
    plan = serializers.CharField(max_length=30, required=False)
    every = serializers.IntegerField(
        min_value=30, max_value=1440, required=False, default=None, help_text="In minutes."
    )
    until = serializers.TimeField(input_formats=[CLOCK_TIME], required=False, default=None)
    due = serializers.TimeField(input_formats=[CLOCK_TIME], required=False, default=None)
    severities = serializers.ListField(
        child=serializers.ChoiceField(Severity.choices), required=False, default=list, max_length=4
    )
    percent = serializers.IntegerField(
        min_value=LEAST_PERCENT,
        max_value=MOST_PERCENT,
        required=False,
        default=None,
        help_text="How much of its time a deadline keeps.",
    )
    shift = serializers.ChoiceField(DutyShift.Kind.choices, required=False)
    people = serializers.IntegerField(min_value=1, max_value=MOST_PEOPLE, required=False, default=None)
    starts_on = serializers.DateField(required=False, default=None)
    ends_on = serializers.DateField(required=False, default=None)


class SpecialPeriodInput(StrictSerializer):
    """A period as it is drawn up; what is left out is as its template has it."""

    template = serializers.CharField(max_length=30)
    name = CleanTextField(max_length=LONGEST_NAME, required=False)
    goals = CleanTextField(max_length=LONGEST_GOALS, required=False)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    review_at = AwareDateTimeField(required=False, default=None)
    units = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, default=list, max_length=MOST_UNITS
    )
    places = serializers.ListField(
        child=serializers.CharField(max_length=50), required=False, default=list, max_length=MOST_PLACES
    )
    measures = serializers.ListField(child=PeriodMeasureInput(), required=False, default=None, max_length=MOST_MEASURES)

    def draft(self) -> PeriodDraft:
        """Return what was sent."""
        given = {"name": "", "goals": "", **self.validated_data}
        measures = given.pop("measures")
        return PeriodDraft(
            **{**given, "units": tuple(given["units"]), "places": tuple(given["places"])},
            measures=None if measures is None else tuple(_measure(one) for one in measures),
        )


def _measure(given: dict[str, Any]) -> MeasureDraft:
    rest = {"plan": "", "shift": "", **given}
    starts_on, ends_on = rest.pop("starts_on"), rest.pop("ends_on")
    severities = tuple(rest.pop("severities"))
    return MeasureDraft(
        Measure(severities=severities, **{**rest, "kind": MeasureKind(rest["kind"])}), starts_on, ends_on
    )


class PeriodDrawingUpInput(SpecialPeriodInput):
    """A new period, and why it is needed."""

    reason = CleanTextField(max_length=LONGEST_WORDS)


class PeriodReasonInput(StrictSerializer):
    """The reason of a decision."""

    reason = CleanTextField(max_length=LONGEST_WORDS)

    @property
    def said(self) -> str:
        """Return it, checked."""
        self.is_valid(raise_exception=True)
        reason: str = self.validated_data["reason"]
        return reason


class PeriodEndInput(PeriodReasonInput):
    """The new last day of a period, and why."""

    ends_on = serializers.DateField()


class PeriodDecisionInput(StrictSerializer):
    """The decision on one open ticket, and why."""

    ticket = serializers.UUIDField()
    choice = serializers.ChoiceField(PeriodDecision.Choice.choices)
    reason = CleanTextField(max_length=LONGEST_WORDS)


class PeriodSummaryInput(StrictSerializer):
    """The words of a summary; what it counts is counted."""

    words = CleanTextField(max_length=4000)


class PeriodMeasureOutput(serializers.Serializer[Any]):
    """One measure of a period."""

    kind = serializers.ChoiceField(choices=MeasureKind.choices)
    said = serializers.DictField(help_text="As a rulebook writes it: a plan, its times, a percentage, people.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()


class PeriodActOutput(serializers.Serializer[Any]):
    """A step in the life of a period."""

    kind = serializers.ChoiceField(choices=PeriodAct.Kind.choices)
    by = PersonOutput(allow_null=True, help_text="Nobody: its day had come.")
    at = serializers.DateTimeField()
    reason = serializers.CharField(source="words")
    ends_on = serializers.DateField()


class PeriodDecisionOutput(serializers.Serializer[Any]):
    """The decision on one open ticket."""

    choice = serializers.ChoiceField(choices=PeriodDecision.Choice.choices)
    reason = serializers.CharField(source="words")
    by = PersonOutput()
    at = serializers.DateTimeField()


class ReviewedOutput(serializers.Serializer[Any]):
    """An open ticket of the review before a period."""

    ticket = serializers.UUIDField(source="ticket.id")
    reference = serializers.CharField(source="ticket.reference")
    severity = serializers.ChoiceField(choices=Severity.choices, source="ticket.severity")
    decision = PeriodDecisionOutput(allow_null=True)


class LackingOutput(serializers.Serializer[Any]):
    """A shift in which fewer people serve than the period asks for."""

    shift = serializers.UUIDField(source="shift.id")
    kind = serializers.ChoiceField(choices=DutyShift.Kind.choices, source="shift.kind")
    starts_at = serializers.DateTimeField(source="shift.starts_at")
    people = serializers.IntegerField()
    asked = serializers.IntegerField()


class PeriodSummaryOutput(serializers.Serializer[Any]):
    """The outcome of a period in counts of the whole school."""

    counts = serializers.DictField()
    words = serializers.CharField()
    by = PersonOutput()
    at = serializers.DateTimeField()
    approved_at = serializers.DateTimeField(allow_null=True)


class SpecialPeriodRow(serializers.Serializer[Period]):
    """A period in a list."""

    id = serializers.UUIDField()
    template = serializers.CharField()
    name = serializers.CharField()
    goals = serializers.CharField()
    stage = serializers.SerializerMethodField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    review_at = serializers.DateTimeField()
    units = serializers.ListField(child=serializers.CharField())
    places = serializers.ListField(child=serializers.CharField())
    measures = PeriodMeasureOutput(many=True)

    @extend_schema_field(serializers.ChoiceField(choices=STAGES))
    def get_stage(self, row: Period) -> str:
        """Return how it stands today."""
        return stage_of(row, self.context["now"]).value


class SpecialPeriodOutput(SpecialPeriodRow):
    """A period with its record; the review is shown to those who decide."""

    acts = PeriodActOutput(many=True)
    review = serializers.SerializerMethodField()
    lacking = serializers.SerializerMethodField()
    summary = serializers.SerializerMethodField()

    @extend_schema_field(ReviewedOutput(many=True))
    def get_review(self, row: Period) -> Any:
        """Return what is decided on, of what the reader may know of."""
        return ReviewedOutput(review_of(actor=self.context["actor"], period=row, now=self._now), many=True).data

    @extend_schema_field(LackingOutput(many=True))
    def get_lacking(self, row: Period) -> Any:
        """Return the shifts in which too few people serve."""
        return LackingOutput(shifts_lacking(period=row, now=self._now), many=True).data

    @extend_schema_field(PeriodSummaryOutput(allow_null=True))
    def get_summary(self, row: Period) -> Any:
        """Return the summary; one that is not approved is shown to those who decide."""
        found = summary_shown(row, may_decide=self.context["may_decide"])
        return PeriodSummaryOutput(found).data if found else None

    @property
    def _now(self) -> datetime:
        now: datetime = self.context["now"]
        return now


class PeriodTemplateOutput(serializers.Serializer[Any]):
    """A kind of period that the school's rules have."""

    code = serializers.CharField()
    name = serializers.CharField()
    goals = serializers.CharField()
    days = serializers.IntegerField()
    measures = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_measures(self, template: Any) -> list[dict[str, Any]]:
        """Return its measures as a rulebook writes them."""
        return [one.written() for one in template.measures]
