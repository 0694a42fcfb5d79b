"""Special periods of a school: what they ask, who decided it and why, the review before and the summary after."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.common.sealed.fields import SealedTextField
from backend.common.sealed.refusals import words_kept
from backend.common.sql.refusals import Refusal
from backend.organisation.models import Person, School
from backend.rulebook.models import RulebookVersion
from backend.rulebook.period_rules import MeasureKind
from backend.workflow.models import Ticket

ERASED = "—"
"""Stands where a reason was erased."""
LONGEST_NAME, LONGEST_GOALS, LONGEST_WORDS = 80, 1000, 1000


class Period(models.Model):
    """A time in which more is asked of a school, from one day until another; approved before it holds."""

    class State(models.TextChoices):
        """The stages of a period; whether an approved one has begun its days say."""

        DRAFT = "draft", _("Not approved yet")
        APPROVED = "approved", _("Approved")
        OVER = "over", _("Over")
        CALLED_OFF = "called_off", _("Called off")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    rulebook = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    template = models.CharField(max_length=30)
    name = models.CharField(max_length=LONGEST_NAME)
    goals = models.TextField(max_length=LONGEST_GOALS)
    starts_on = models.DateField(help_text="Its first day, by the school's clock.")
    ends_on = models.DateField(help_text="Its last day.")
    review_at = models.DateTimeField(help_text="By when what is open is decided one by one.")
    units = ArrayField(models.CharField(max_length=40), default=list, help_text="Codes; none: the whole school.")
    places = ArrayField(models.CharField(max_length=50), default=list, help_text="Codes of the places walked over.")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="period_ends_after_start"),
        ]
        indexes = [models.Index(fields=["school", "-starts_on", "id"], name="period_of_school")]

    def __str__(self) -> str:
        return f"{self.name} {self.starts_on:%F}"


class PeriodMeasure(models.Model):
    """One measure of a period, with days of its own within it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="measures", db_index=False)
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=MeasureKind)
    said = models.JSONField(help_text="As a rulebook writes it.")
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["period", "number"], name="period_measure_numbered"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="period_measure_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.number}"


class PeriodAct(models.Model):
    """A step in the life of a period: by whom (nobody: its day had come), when, and why; it never changes."""

    class Kind(models.TextChoices):
        """The steps."""

        DRAWN_UP = "drawn_up", _("Drawn up")
        APPROVED = "approved", _("Approved")
        STARTED = "started", _("Begun")
        LENGTHENED = "lengthened", _("Lengthened")
        SHORTENED = "shortened", _("To end earlier")
        CALLED_OFF = "called_off", _("Called off")
        ENDED = "ended", _("Ended")
        SUMMED_UP = "summed_up", _("Summary written")
        SUMMARY_APPROVED = "summary_approved", _("Summary approved")

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="acts", db_index=False)
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    words = models.TextField(max_length=LONGEST_WORDS, blank=True)
    ends_on = models.DateField(help_text="The last day of the period from then on.")

    refusals = (Refusal("period_act_immutable", "UPDATE OR DELETE"),)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["period", "number"], name="period_act_numbered")]

    def __str__(self) -> str:
        return f"{self.period_id} {self.number} {self.kind}"


class PeriodDecision(models.Model):
    """The decision on one open ticket before a period starts, with its reason; it never changes."""

    class Choice(models.TextChoices):
        """The things that can be decided."""

        NOW = "now", _("To be done before it starts")
        INTERIM = "interim", _("Kept safe meanwhile")
        GOES_ON = "goes_on", _("Goes on as it is")

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="decisions", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=Choice)
    words = SealedTextField(max_length=LONGEST_WORDS)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    refusals = (
        Refusal("period_decision_immutable", "DELETE"),
        words_kept("period_decision", "words", erased=ERASED),
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["period", "ticket"], name="period_decided_once")]

    def __str__(self) -> str:
        return f"{self.period_id} {self.ticket_id} {self.choice}"


class PeriodSummary(models.Model):
    """The outcome of a period in counts and words: counted when it was written; approved, it stands."""

    period = models.OneToOneField(Period, on_delete=models.PROTECT, primary_key=True, related_name="summary")
    counts = models.JSONField()
    words = models.TextField(max_length=4000)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="period_summary_approved_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return str(self.period_id)
