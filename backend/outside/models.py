"""Reports to somebody outside because of a ticket, everything said about them, and the numbers that a school notes."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.common.sealed.fields import SealedTextField
from backend.common.sealed.refusals import words_kept
from backend.organisation.models import Person, School
from backend.rulebook.models import RulebookVersion
from backend.rulebook.outside_rules import Way
from backend.workflow.models import Ticket

LONGEST_KEY, LONGEST_RECIPIENT, LONGEST_NAME, LONGEST_REFERENCE, LONGEST_WORDS, LONGEST_PHONE = (
    20,
    30,
    120,
    80,
    1000,
    40,
)


class OutsideDuty(models.Model):
    """One report that somebody makes to one recipient outside by an instant; the system never makes it."""

    class Cause(models.TextChoices):
        """The reasons for which a report is called for."""

        FILED = "filed", _("It was filed so")
        CHANGED = "changed", _("Its category or severity changed")
        FIRST_TOLD = "first_told", _("The first report was made")
        ENDED = "ended", _("The matter has been dealt with")
        BY_HAND = "by_hand", _("Somebody said that it applies")

    class State(models.TextChoices):
        """The states of a report to somebody outside."""

        OPEN = "open", pgettext_lazy("report to somebody outside", "To be made")
        TOLD = "told", pgettext_lazy("report to somebody outside", "Made")
        NOT_APPLICABLE = "not_applicable", pgettext_lazy("report to somebody outside", "Does not apply")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    rulebook = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    clock = models.CharField(max_length=LONGEST_KEY)
    tell = models.CharField(max_length=LONGEST_KEY)
    recipient = models.CharField(max_length=LONGEST_RECIPIENT)
    number = models.PositiveSmallIntegerField(help_text="From one; more where the same is called for again.")
    cause = models.CharField(max_length=20, choices=Cause)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State, default=State.OPEN)
    settled_at = models.DateTimeField(null=True)
    said_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "clock", "tell", "recipient", "number"], name="outside_duty_numbered"
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True) | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="outside_duty_settled_by_a_word",
            ),
        ]
        indexes = [models.Index(fields=["school", "due_at"], condition=Q(state="open"), name="outside_duty_open")]

    def __str__(self) -> str:
        return f"{self.clock} {self.tell} {self.recipient}"


class OutsideWord(models.Model):
    """The word of somebody on one report: it was made, followed up, or does not apply; a correction is another word."""

    class Kind(models.TextChoices):
        """The words that somebody can say on a report to somebody outside."""

        TOLD = "told", pgettext_lazy("report to somebody outside", "Made")
        FOLLOWED_UP = "followed_up", pgettext_lazy("report to somebody outside", "Followed up")
        NOT_APPLICABLE = "not_applicable", pgettext_lazy("report to somebody outside", "Does not apply")
        APPLIES = "applies", pgettext_lazy("report to somebody outside", "Applies after all")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    duty = models.ForeignKey(OutsideDuty, on_delete=models.PROTECT, related_name="words", db_index=False)
    number = models.PositiveSmallIntegerField(help_text="From one, in the order in which they were said.")
    kind = models.CharField(max_length=20, choices=Kind)
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")
    at = models.DateTimeField(help_text="When it was made, by the word of whoever says so; else when it was said.")
    caller = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    whom = SealedTextField(
        max_length=LONGEST_NAME, of="duty__ticket", blank=True, help_text="Whoever took it at the other end."
    )
    way = models.CharField(max_length=20, choices=Way, blank=True)
    reference = SealedTextField(
        max_length=LONGEST_REFERENCE, of="duty__ticket", blank=True, help_text="The other end's own number."
    )
    words = SealedTextField(max_length=LONGEST_WORDS, of="duty__ticket", blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()

    refusals = (words_kept("outside_word", "whom", "reference", "words"),)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["duty", "number"], name="outside_word_numbered")]

    def __str__(self) -> str:
        return f"{self.duty_id} {self.number} {self.kind}"


class OutsideNumber(models.Model):
    """The telephone number at which a school reaches somebody outside."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    recipient = models.CharField(max_length=LONGEST_RECIPIENT)
    phone = models.CharField(max_length=LONGEST_PHONE, blank=True, help_text="Empty: none is noted any more.")
    by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="Nobody: a file did."
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "recipient"], name="outside_number_once")]

    def __str__(self) -> str:
        return f"{self.recipient} {self.phone}"
