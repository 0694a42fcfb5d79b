"""Answers that a school owes an authority: by which day, how that day was set and moved, and the answer given."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.common.sql.refusals import Refusal
from backend.organisation.models import Person, School
from backend.rounds.models.outside import OutsideVisit
from backend.rulebook.models import RulebookVersion

LONGEST_REFERENCE, LONGEST_REASON = 80, 1000


class OutsideReply(models.Model):
    """One answer that an authority wants because of a visit; its words say how it came to stand as it does."""

    class State(models.TextChoices):
        """The states of an answer to an authority."""

        OPEN = "open", _("To be answered")
        ANSWERED = "answered", _("Answered")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    visit = models.ForeignKey(OutsideVisit, on_delete=models.PROTECT, related_name="replies", db_index=False)
    number = models.PositiveSmallIntegerField(help_text="From one, of its visit.")
    rulebook = models.ForeignKey(
        RulebookVersion,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Of its ladder.",
    )
    due_on = models.DateField(help_text="The last day on which it is in time, by the school's clock.")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answered_on = models.DateField(null=True)
    said_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit", "number"], name="outside_reply_numbered"),
            models.CheckConstraint(
                condition=Q(state="open", answered_on__isnull=True) | Q(state="answered", answered_on__isnull=False),
                name="outside_reply_answered_on_a_day",
            ),
        ]
        indexes = [models.Index(fields=["school", "due_on"], condition=Q(state="open"), name="outside_reply_open")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.number}"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be given."""
        return self.state == self.State.OPEN

    @property
    def was_late(self) -> bool:
        """Whether it was given after its day."""
        return self.answered_on is not None and self.answered_on > self.due_on


class OutsideReplyWord(models.Model):
    """The word of somebody on an answer to an authority: its day, another one, or that it was given; it stays."""

    class Kind(models.TextChoices):
        """The words that can be said on an answer to an authority."""

        ASKED = "asked", _("Wanted by a day")
        MOVED = "moved", _("Wanted by another day")
        ANSWERED = "answered", _("Given")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reply = models.ForeignKey(OutsideReply, on_delete=models.PROTECT, related_name="words", db_index=False)
    number = models.PositiveSmallIntegerField(help_text="From one, in the order in which they were said.")
    kind = models.CharField(max_length=10, choices=Kind)
    day = models.DateField(help_text="By which it is wanted, or on which it was given.")
    reference = models.CharField(
        max_length=LONGEST_REFERENCE, blank=True, help_text="Of the letter, or the authority's own number."
    )
    reason = models.TextField(max_length=LONGEST_REASON, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    refusals = (Refusal("outside_reply_word_immutable", "UPDATE OR DELETE"),)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reply", "number"], name="outside_reply_word_numbered")]

    def __str__(self) -> str:
        return f"{self.reply_id} {self.number} {self.kind}"
