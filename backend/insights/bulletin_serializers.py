"""Shapes of weekly bulletins in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.common.serializers import CleanTextField, StrictSerializer
from backend.insights.handled_api import STEPS
from backend.insights.limits import LONGEST_BULLETIN
from backend.insights.models import Bulletin, BulletinContent, BulletinDraft
from backend.insights.services.bulletins import BulletinWords
from backend.organisation.serializers import PersonOutput
from backend.workflow.serializers.reviewing import LessonOutput


class BulletinInput(StrictSerializer):
    """The week, a few words about it, and of a correction what was wrong."""

    week = serializers.DateField(help_text="The Monday of a week that is over.")
    words = CleanTextField(max_length=LONGEST_BULLETIN, required=False, allow_blank=True, default="")
    reason = CleanTextField(max_length=LONGEST_BULLETIN, required=False, allow_blank=True, default="")
    although_named = serializers.BooleanField(
        required=False, default=False, help_text="Needed where the words seem to name somebody and do not."
    )

    def said(self) -> BulletinWords:
        """Return what was sent."""
        return BulletinWords(**self.validated_data)


class BulletinPublishInput(StrictSerializer):
    """The revision that was read."""

    revision = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class BulletinPartOutput(serializers.Serializer[Any]):
    """The numbers of an office: of what was filed in the week."""

    office = serializers.UUIDField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    filed = serializers.IntegerField()
    overdue = serializers.IntegerField()
    open = serializers.IntegerField()


class BulletinNextOutput(serializers.Serializer[Any]):
    """The open reports of an office that were overdue when it was counted, and those due in the week after."""

    office = serializers.UUIDField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    late = serializers.IntegerField()
    soon = serializers.IntegerField()


class BulletinPromisesOutput(serializers.Serializer[Any]):
    """Promises made in the month of the week."""

    promised = serializers.IntegerField(allow_null=True, help_text=STEPS)
    kept = serializers.IntegerField(allow_null=True, help_text=STEPS)
    late = serializers.IntegerField(allow_null=True, help_text=STEPS)
    changed = serializers.IntegerField(allow_null=True, help_text=STEPS)
    broken = serializers.IntegerField(allow_null=True, help_text=STEPS)


class BulletinRoundsOutput(serializers.Serializer[Any]):
    """The rounds of the week's days: whether somebody answered, and in time."""

    asked = serializers.IntegerField()
    in_time = serializers.IntegerField()
    late = serializers.IntegerField()
    unanswered = serializers.IntegerField()
    excused = serializers.IntegerField()


class BulletinMonthOutput(serializers.Serializer[Any]):
    """Confidential reports of the month before that of the week."""

    month = serializers.DateField(help_text="Its first day.")
    count = serializers.IntegerField(allow_null=True, help_text=STEPS)


class BulletinNumbersOutput(serializers.Serializer[Any]):
    """The numbers of a week, as they were counted then."""

    filed = serializers.IntegerField()
    incidents = serializers.IntegerField()
    hazards = serializers.IntegerField()
    near_misses = serializers.IntegerField()
    overdue = serializers.IntegerField()
    reopened = serializers.IntegerField()
    repeats = serializers.IntegerField()
    open = serializers.IntegerField()
    solved = serializers.IntegerField()
    parts = BulletinPartOutput(many=True)
    promises = BulletinPromisesOutput()
    rounds = BulletinRoundsOutput()
    confidential = BulletinMonthOutput()
    next = BulletinNextOutput(many=True)


class BulletinRow(serializers.ModelSerializer[Bulletin]):
    """A bulletin in a list."""

    class Meta:
        model = Bulletin
        fields: tuple[str, ...] = ("id", "week", "version", "reason", "published_at")


class _WithNumbers(serializers.Serializer[Any]):
    numbers = BulletinNumbersOutput()
    lessons = serializers.SerializerMethodField()
    prepared_by = PersonOutput()

    @extend_schema_field(LessonOutput(many=True))
    def get_lessons(self, bulletin: BulletinContent) -> Any:
        """Return the lessons of the week as they stand now."""
        return LessonOutput(self.context["lessons"][bulletin.id], many=True).data


class BulletinOutput(_WithNumbers, BulletinRow):
    """A bulletin as it was published."""

    published_by = PersonOutput()

    class Meta(BulletinRow.Meta):
        fields = (
            *BulletinRow.Meta.fields,
            "erased_at",
            "published_by",
            "prepared_by",
            "prepared_at",
            "words",
            "numbers",
            "lessons",
        )


class BulletinDraftOutput(_WithNumbers, serializers.ModelSerializer[BulletinDraft]):
    """A bulletin that is not published yet."""

    class Meta:
        model = BulletinDraft
        fields = (*("id", "week", "revision", "reason", "prepared_by", "prepared_at", "words", "numbers", "lessons"),)
