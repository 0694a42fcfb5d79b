"""Meetings and their agendas: tickets that stand there for a reason, and what came of each."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.organisation.models import Person, School
from backend.workflow.models import Ticket, TicketPart
from backend.workflow.states import OVER

LONGEST_ABOUT = 120
LONGEST_WORDS = 2000


class Reason(models.TextChoices):
    """The reasons for which a ticket stands on an agenda, in the order in which they are read."""

    CARRIED = "carried", _("Open since the last meeting")
    DECISION = "decision", _("A decision is needed")
    PROMISE = "promise", _("A promised date was missed or changed")
    OVERDUE = "overdue", _("Overdue")
    RECURRED = "recurred", _("It came back")
    REVIEW = "review", _("The cause is not reviewed")
    URGENT = "urgent", _("Urgent or important, and open")
    ADDED = "added", _("Added by hand")


class Outcome(models.TextChoices):
    """The outcomes of an item: an action taken on its ticket, or that it was noted and stays as it is."""

    DECIDE = "decide", _("Decided")
    SUBTASK = "ask-subtask", _("Given to an office as a part of the work")
    PROMISE = "promise", _("A date was promised")
    CHANGE_PROMISE = "change-promise", _("The promised date was changed")
    ORDER = "order", _("To be answered by a date")
    ADOPT = "adopt", _("Adopted by a leader")
    NOTED = "noted", _("Noted; it stays as it is")


class Meeting(models.Model):
    """A joint meeting of a school, or a review before a date; nothing of it changes once it is over."""

    class Kind(models.TextChoices):
        """The kinds of meetings: with what they begin, and what their day means."""

        JOINT = "joint", _("Joint meeting")
        BEFORE_DATE = "before_date", _("Review before a date")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind)
    day = models.DateField(help_text="When it is held; of a review: the day before which everything is decided.")
    about = models.CharField(max_length=LONGEST_ABOUT, blank=True)
    called_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    called_at = models.DateTimeField()
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    words = models.TextField(max_length=LONGEST_WORDS, blank=True, help_text="What was said besides.")
    erased_at = models.DateTimeField(null=True, help_text="When its owner erased its words.")
    present = models.ManyToManyField(Person, through="Presence", related_name="+")

    class Meta:
        indexes = [models.Index(fields=["school", "-day", "id"], name="meeting_of_school")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="a_meeting_is_ended_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day:%F}"

    @property
    def is_over(self) -> bool:
        """Whether its minutes are closed."""
        return self.ended_at is not None


class Presence(models.Model):
    """That somebody was present at a meeting."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="present_once")]

    def __str__(self) -> str:
        return str(self.person_id)


class MeetingItem(models.Model):
    """A ticket on an agenda, why it stands there, and what came of it; without a reason it does not stand there.

    `part` is what was asked about the ticket with the outcome: while that is open, the next meeting hears of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    reasons = ArrayField(models.CharField(max_length=10, choices=Reason))
    added_words = models.TextField(max_length=LONGEST_WORDS, blank=True)
    added_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    added_at = models.DateTimeField(null=True)
    off_words = models.TextField(max_length=LONGEST_WORDS, blank=True, help_text="Why it was taken off.")
    off_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    off_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    noted_words = models.TextField(max_length=LONGEST_WORDS, blank=True, help_text="Why it stays as it is.")
    part = models.ForeignKey(TicketPart, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    settled_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    settled_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True, help_text="When the words about it were erased.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "ticket"], name="item_once"),
            models.CheckConstraint(
                condition=Q(outcome="", settled_at__isnull=True) | (~Q(outcome="") & Q(settled_at__isnull=False)),
                name="an_item_with_an_outcome_is_settled",
            ),
        ]

    def __str__(self) -> str:
        return str(self.ticket_id)

    @property
    def is_off(self) -> bool:
        """Whether it was taken off the agenda."""
        return self.off_by_id is not None

    @property
    def is_open(self) -> bool:
        """Whether nothing came of it yet."""
        return not self.outcome and not self.is_off

    @property
    def is_overtaken(self) -> bool:
        """Whether nothing is to be decided any more, since its ticket is over and nothing that outlives it is asked.

        What was put on the agenda once it was over stays there on purpose. Read with `items_shown`.
        """
        ticket, outlived = self.ticket, bool(getattr(self, "is_outlived", False))
        if not self.is_open or ticket.state not in OVER or outlived:
            return False
        over_at = ticket.closed_at or ticket.declined_at
        return not (self.added_at and over_at and over_at < self.added_at)
