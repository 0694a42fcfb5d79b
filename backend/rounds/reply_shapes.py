"""Shapes of answers to authorities in the API."""

from datetime import date
from typing import Any

from rest_framework import serializers

from backend.common.days import plausible
from backend.common.serializers import CleanTextField, StrictSerializer
from backend.organisation.serializers import PersonOutput
from backend.rounds.models import OutsideReply, OutsideReplyWord
from backend.rounds.models.replies import LONGEST_REASON, LONGEST_REFERENCE
from backend.rounds.services.replying import Word


class ReplyAskedInput(StrictSerializer):
    """The day by which an authority wants an answer."""

    day = serializers.DateField(validators=[plausible])
    reason = CleanTextField(
        max_length=LONGEST_REASON, required=False, allow_blank=True, default="", help_text="What is to be answered."
    )


class ReplyMovedInput(StrictSerializer):
    """Another day by which an answer is wanted, and why; what stood before stays on record."""

    day = serializers.DateField(validators=[plausible])
    reason = CleanTextField(max_length=LONGEST_REASON)


class ReplyGivenInput(StrictSerializer):
    """The word that an answer was given."""

    day = serializers.DateField(validators=[plausible], help_text="On which it was given.")
    reference = CleanTextField(
        max_length=LONGEST_REFERENCE, multiline=False, help_text="Of the letter, or the authority's own number."
    )
    reason = CleanTextField(
        max_length=LONGEST_REASON,
        required=False,
        allow_blank=True,
        default="",
        help_text="Needed where it corrects what is noted already.",
    )

    def word(self) -> Word:
        """Return what was sent; raise ValidationError."""
        self.is_valid(raise_exception=True)
        given = self.validated_data
        return Word(OutsideReplyWord.Kind.ANSWERED, given["day"], given["reference"], given["reason"])


class ReplyWordOutput(serializers.ModelSerializer[OutsideReplyWord]):
    """One word on an answer."""

    by = PersonOutput()

    class Meta:
        model = OutsideReplyWord
        fields = ("number", "kind", "day", "reference", "reason", "by", "at")


class OutsideReplyOutput(serializers.ModelSerializer[OutsideReply]):
    """An answer that a school owes an authority, with every word that was said on it."""

    words = ReplyWordOutput(many=True)
    was_late = serializers.BooleanField(help_text="Whether it was given after its day.")

    class Meta:
        model = OutsideReply
        fields = ("id", "number", "due_on", "state", "answered_on", "was_late", "words")


def asked_of(data: Any) -> tuple[date, str]:
    """Return the day and the words that were sent; raise ValidationError."""
    given = ReplyAskedInput(data=data)
    given.is_valid(raise_exception=True)
    return given.validated_data["day"], given.validated_data["reason"]


def moved_of(data: Any) -> tuple[date, str]:
    """Return the other day and the reason that were sent; raise ValidationError."""
    given = ReplyMovedInput(data=data)
    given.is_valid(raise_exception=True)
    return given.validated_data["day"], given.validated_data["reason"]
