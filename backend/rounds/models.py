"""Rounds: one window of one plan for one office, and whether somebody has said in person how it is."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.organisation.models import Person, School, Unit
from backend.rulebook.models import RulebookVersion


class RoundState(models.TextChoices):
    """The stages of a round; silence makes it missed, never all well."""

    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Open")
    MISSED = "missed", _("Missing")
    ANSWERED = "answered", _("Answered")
    EXCUSED = "excused", _("Excused")
    DROPPED = "dropped", _("Not held")


class Said(models.TextChoices):
    """The sum of an answer: that all is well, in person, or that there is something to report."""

    ALL_WELL = "all_well", _("All well")
    TO_REPORT = "to_report", _("Something to report")


NOT_OPENED = (RoundState.PLANNED, RoundState.DROPPED)
"""The states of a round that a change of calendar, rulebook or offices still makes anew."""
WAITING = (RoundState.OPEN, RoundState.MISSED)
"""The states of a round that waits for an answer."""


class Round(models.Model):
    """One instance of a plan: asked of one office on one day, open until somebody answers or excuses it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    rulebook = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+")
    plan = models.CharField(max_length=30)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField(help_text="By the school's clock.")
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    late_at = models.DateTimeField(help_text="From when on it is missed, and climbs the ladder of its plan.")
    state = models.CharField(max_length=10, choices=RoundState, default=RoundState.PLANNED)
    assignee = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", help_text="Whoever was asked when it opened."
    )
    opened_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=10, choices=Said, blank=True, default="", help_text="By the latest answer.")
    answered_at = models.DateTimeField(null=True, help_text="When it was answered first.")
    answer_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "plan", "day"], name="round_once_per_window"),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("due_at"), due_at__lte=F("late_at")), name="round_times_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state__in=NOT_OPENED, opened_at__isnull=True, assignee__isnull=True)
                | (~Q(state__in=NOT_OPENED) & Q(opened_at__isnull=False)),
                name="round_asked_once_opened",
            ),
            models.CheckConstraint(
                condition=Q(state=RoundState.ANSWERED, answered_at__isnull=False, answer_count__gte=1) & ~Q(said="")
                | ~Q(state=RoundState.ANSWERED) & Q(said="", answered_at__isnull=True, answer_count=0),
                name="round_answered_by_an_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "day"], name="round_of_school"),
            models.Index(fields=["assignee", "due_at"], condition=Q(state__in=WAITING), name="round_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.unit_id} {self.day:%F}"
