"""Shapes of the rules in the API."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import LocalisedField
from backend.rulebook.marks import Mark
from backend.rulebook.models import RulebookCheck, RulebookUse
from backend.rulebook.outside_rules import ReportStep, Way
from backend.rulebook.proofs import Proof
from backend.rulebook.ruleset import (
    CLOCK_CHOICES,
    Clock,
    ClockName,
    Confidentiality,
    Kind,
    Ruleset,
    Severity,
)
from backend.rulebook.wording import Emergency, Group


class WordingOutput(serializers.Serializer[Any]):
    """Texts in both languages."""

    zh = serializers.ListField(child=serializers.CharField())
    en = serializers.ListField(child=serializers.CharField())


class QuestionChoiceOutput(serializers.Serializer[Any]):
    """One answer to a question, and what it changes."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    severity = serializers.ChoiceField(
        choices=Severity.choices, allow_null=True, help_text="To which it raises; null: it raises nothing."
    )
    lead = serializers.CharField(help_text="Code of the office that then answers; empty: the category's own.")


class ShortQuestionOutput(serializers.Serializer[Any]):
    """A question to whoever reports, answered with one tap or not at all."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    choices = QuestionChoiceOutput(source="offered", many=True)


class CategoryOutput(serializers.Serializer[Any]):
    """One kind of thing that can be reported."""

    code = serializers.CharField()
    name = LocalisedField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    severity = serializers.ChoiceField(choices=Severity.choices)
    confidentiality = serializers.ChoiceField(choices=Confidentiality.choices)
    lead = serializers.CharField(
        help_text="Code of the office that answers for it; `grade` is the grade group of the place or the reporter."
    )
    support = serializers.ListField(
        child=serializers.CharField(), help_text="Codes of offices that can be called in; of class K2 only suggestions."
    )
    outside_clocks = serializers.ListField(
        child=serializers.CharField(), help_text="Keys of reports to authorities it may call for; see the rulebook."
    )
    note = LocalisedField(help_text="What to know before choosing it; mostly empty.")
    group = serializers.ChoiceField(choices=Group.choices, help_text="Under which a reporter looks for it.")
    synonyms = WordingOutput(help_text="Words people use for it, to find it by.")
    examples = WordingOutput()
    do_now = WordingOutput(help_text="What whoever is there does at once; mostly empty.")
    call = serializers.ListField(
        child=serializers.ChoiceField(choices=Emergency.choices), help_text="Whom they telephone first."
    )
    questions = ShortQuestionOutput(many=True, help_text="At most three; what is said goes into `answers` of a report.")
    proof = serializers.ListField(
        child=serializers.ChoiceField(choices=Proof.choices), help_text="What resolving it takes; mostly nothing."
    )


class RungRuleOutput(serializers.Serializer[Any]):
    """One step of a ladder."""

    after = serializers.CharField(help_text="Counted from the due time: 30m, 4h, 3d; with a W in working time.")
    tell = serializers.ListField(child=serializers.CharField(), help_text="Roles that are told.")
    deputies = serializers.BooleanField(help_text="Whether their deputies are told instead.")


class ClockRuleOutput(serializers.Serializer[Any]):
    """A deadline and its ladder."""

    name = serializers.ChoiceField(choices=CLOCK_CHOICES)
    within = serializers.CharField(help_text="30m, 4h, 3d on the calendar; 4hW, 3dW in working time.")
    ladder = RungRuleOutput(many=True)
    repeat_seconds = serializers.IntegerField(help_text="How often the last step repeats.")
    repeat_tells_everyone = serializers.BooleanField()


class SeverityRuleOutput(serializers.Serializer[Any]):
    """The rules of a severity: those who hear at once, and its clocks."""

    severity = serializers.ChoiceField(choices=Severity.choices)
    informed = serializers.ListField(child=serializers.CharField())
    clocks = ClockRuleOutput(many=True)


class CategoryClocksOutput(serializers.Serializer[Any]):
    """Clocks of a category's own, in place of those of a severity."""

    category = serializers.CharField()
    severity = serializers.ChoiceField(choices=Severity.choices)
    clocks = ClockRuleOutput(many=True)


class OutsideTellRuleOutput(serializers.Serializer[Any]):
    """One report to one recipient outside, with its time."""

    key = serializers.CharField()
    to = serializers.CharField(help_text="The code of the recipient; `told-before`: whoever was told before.")
    way = serializers.ChoiceField(choices=Way.choices)
    report = serializers.ChoiceField(choices=ReportStep.choices)
    within = serializers.CharField()
    law = serializers.CharField(allow_null=True, help_text="The law's own limit; null: it gives no number.")
    is_judged = serializers.BooleanField(help_text="Whether somebody who leads says if it is called for at all.")
    severities = serializers.ListField(
        child=serializers.ChoiceField(choices=Severity.choices), help_text="At which alone it starts; empty: at any."
    )


class OutsideClockRuleOutput(serializers.Serializer[Any]):
    """A report to an authority that a person makes; nothing is sent by the system."""

    key = serializers.CharField()
    trigger = LocalisedField()
    to = LocalisedField()
    within = serializers.CharField(allow_null=True, help_text="When the reminder comes; null: it only informs.")
    deadline = LocalisedField()
    source = LocalisedField()  # type: ignore[assignment]
    mark = serializers.ChoiceField(choices=Mark.choices, help_text="How well the source was read.")
    checked_on = serializers.DateField()
    reminds = serializers.ListField(child=serializers.CharField())
    tells = OutsideTellRuleOutput(many=True, help_text="The reports in order; empty: it only informs.")


@extend_schema_field({"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$", "example": "21:00"})
class LocalTimeField(serializers.TimeField):
    """A time of the day at the school, to the minute; without an offset, which the format `time` would need."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%H:%M", **options)


class QuietHoursOutput(serializers.Serializer[Any]):
    """The night, in local time, and the severities that do not ring in it."""

    starts = LocalTimeField()
    ends = LocalTimeField()
    severities = serializers.ListField(child=serializers.ChoiceField(choices=Severity.choices))


class RulebookSummaryOutput(serializers.ModelSerializer[RulebookUse]):
    """A version of the rules that the school uses or used."""

    id = serializers.IntegerField(source="version_id")
    name = serializers.CharField(source="version.name")
    digest = serializers.CharField(source="version.digest", help_text="SHA-256 of the content.")
    loaded_at = serializers.DateTimeField(source="version.loaded_at")
    is_current = serializers.SerializerMethodField(help_text="Whether new reports open under it.")

    class Meta:
        model = RulebookUse
        fields = ("id", "name", "digest", "loaded_at", "since", "is_current")

    def get_is_current(self, use: RulebookUse) -> bool:
        """Say whether it is the version in use."""
        return bool(use.school.rulebook.version_id == use.version_id)


class RulebookOutput(RulebookSummaryOutput):
    """A version of the rules in full."""

    categories = serializers.SerializerMethodField()
    severities = serializers.SerializerMethodField()
    bounds = serializers.SerializerMethodField(help_text="Upper bounds for every report.")
    parts = serializers.SerializerMethodField(help_text="The clocks of what is asked of somebody about a ticket.")
    own_clocks = serializers.SerializerMethodField()
    outside_clocks = serializers.SerializerMethodField()
    quiet_hours = serializers.SerializerMethodField()

    class Meta(RulebookSummaryOutput.Meta):
        fields = (  # type: ignore[assignment]
            *RulebookSummaryOutput.Meta.fields,
            "categories",
            "severities",
            "bounds",
            "parts",
            "own_clocks",
            "outside_clocks",
            "quiet_hours",
        )

    @property
    def rules(self) -> Ruleset:
        """The rules of the version shown, given by the view."""
        rules: Ruleset = self.context["rules"]
        return rules

    @extend_schema_field(CategoryOutput(many=True))
    def get_categories(self, _use: RulebookUse) -> Any:
        """Return what can be reported."""
        return CategoryOutput(self.rules.categories.values(), many=True).data

    @extend_schema_field(SeverityRuleOutput(many=True))
    def get_severities(self, _use: RulebookUse) -> Any:
        """Return the table of clocks."""
        rows = [
            {"severity": severity, "informed": self.rules.informed[severity], "clocks": _clocks(clocks)}
            for severity, clocks in self.rules.clocks.items()
        ]
        return SeverityRuleOutput(rows, many=True).data

    @extend_schema_field(ClockRuleOutput(many=True))
    def get_bounds(self, _use: RulebookUse) -> Any:
        """Return the upper bounds."""
        return ClockRuleOutput(_clocks(self.rules.bounds), many=True).data

    @extend_schema_field(ClockRuleOutput(many=True))
    def get_parts(self, _use: RulebookUse) -> Any:
        """Return the clocks of parts of a ticket."""
        return ClockRuleOutput(_clocks(self.rules.parts), many=True).data

    @extend_schema_field(CategoryClocksOutput(many=True))
    def get_own_clocks(self, _use: RulebookUse) -> Any:
        """Return what categories say otherwise."""
        rows = [
            {"category": category.code, "severity": severity, "clocks": _clocks(clocks)}
            for category in self.rules.categories.values()
            for severity, clocks in (category.clocks or {}).items()
        ]
        return CategoryClocksOutput(rows, many=True).data

    @extend_schema_field(OutsideClockRuleOutput(many=True))
    def get_outside_clocks(self, _use: RulebookUse) -> Any:
        """Return the reports to authorities."""
        return OutsideClockRuleOutput(list(self.rules.outside_clocks.values()), many=True).data

    @extend_schema_field(QuietHoursOutput)
    def get_quiet_hours(self, _use: RulebookUse) -> Any:
        """Return the night."""
        night = self.rules.quiet_hours
        shown = {"starts": night.starts, "ends": night.ends, "severities": sorted(night.severities)}
        return QuietHoursOutput(shown).data


def _clocks(clocks: Mapping[ClockName, Clock]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "within": clock.within,
            "ladder": clock.rungs,
            "repeat_seconds": int(clock.repeat.total_seconds()),
            "repeat_tells_everyone": clock.repeat_tells_everyone,
        }
        for name, clock in clocks.items()
    ]


class FindingOutput(serializers.Serializer[Any]):
    """One thing a check found, and when it holds."""

    text = serializers.SerializerMethodField()
    times = serializers.ListField(
        child=serializers.ListField(child=serializers.DateTimeField(), min_length=2, max_length=2),
        help_text="From when until when; empty where it is not a matter of time.",
    )

    def get_text(self, finding: Mapping[str, Any]) -> str:
        """Return it in the reader's language."""
        texts: Mapping[str, str] = finding["text"]
        return texts["en" if (get_language() or "").startswith("en") else "zh"]


class RulebookCheckOutput(serializers.ModelSerializer[RulebookCheck]):
    """The last check of the rulebook against the school's posts, absences and rosters."""

    rulebook = serializers.IntegerField(source="version_id")
    findings = FindingOutput(many=True, help_text="Where nobody would be reached.")
    warnings = FindingOutput(many=True, help_text="Where everything rests on one person.")

    class Meta:
        model = RulebookCheck
        fields = ("rulebook", "ran_at", "until", "findings", "warnings")
