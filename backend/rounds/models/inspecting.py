"""Inspections: the places of a school looked over by one checklist, each by the office that looks after it."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backend.common.sql.refusals import Refusal
from backend.organisation.models import Person, School
from backend.rounds.models.rounds import Round
from backend.rulebook.models import RulebookVersion
from backend.rulebook.recurring import Sort


class Inspection(models.Model):
    """An inspection that somebody asked for, or that the calendar brings; its rounds say who looked where.

    Nothing of it changes: what the calendar brings otherwise before it opens is another one, and its rounds are
    dropped.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    rulebook = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    plan = models.CharField(max_length=30)
    reason = models.CharField(
        max_length=200,
        blank=True,
        help_text="As its people read it: the start of term, before a holiday. Empty where the calendar brings it.",
    )
    occasion = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="The time of the year that brings it; or empty."
    )
    due_at = models.DateTimeField()
    by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="Empty: the calendar."
    )
    at = models.DateTimeField(help_text="When it was asked for, and opens.")

    refusals = (Refusal("inspection_immutable", "UPDATE OR DELETE"),)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(at__lt=F("due_at")), name="inspection_takes_time"),
            models.CheckConstraint(
                condition=(Q(by__isnull=False, occasion="") & ~Q(reason=""))
                | (Q(by__isnull=True, reason="") & ~Q(occasion="")),
                name="inspection_by_somebody_or_the_calendar",
            ),
        ]
        indexes = [models.Index(fields=["school", "-at", "id"], name="inspection_of_school")]

    def __str__(self) -> str:
        return f"{self.plan} {self.at:%F}"

    @property
    def why(self) -> str:
        """The reason as its people read it, in the reader's language where the calendar brings it."""
        return self.reason or str(Sort(self.occasion.partition(":")[0]).label)


class InspectionRound(models.Model):
    """The share of one office in an inspection: its round, and the places it looks at."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, primary_key=True, related_name="inspected")
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="shares")
    route = ArrayField(models.CharField(max_length=50), help_text="The codes of its places, in order.")

    refusals = (Refusal("inspection_round_immutable", "UPDATE OR DELETE"),)

    def __str__(self) -> str:
        return str(self.round_id)
