"""Inspections: the places of a school looked over by one checklist, each by the office that looks after it."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backend.common.sql.refusals import Refusal
from backend.organisation.models import Person, School
from backend.rounds.models.rounds import Round
from backend.rulebook.models import RulebookVersion


class Inspection(models.Model):
    """An inspection that somebody asked for; its rounds say who looked where, and nothing of it changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    rulebook = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    plan = models.CharField(max_length=30)
    reason = models.CharField(max_length=200, help_text="As its people read it: the start of term, before a holiday.")
    due_at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    refusals = (Refusal("inspection_immutable", "UPDATE OR DELETE"),)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(at__lt=F("due_at")), name="inspection_takes_time")]
        indexes = [models.Index(fields=["school", "-at", "id"], name="inspection_of_school")]

    def __str__(self) -> str:
        return f"{self.plan} {self.at:%F}"


class InspectionRound(models.Model):
    """The share of one office in an inspection: its round, and the places it looks at."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, primary_key=True, related_name="inspected")
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="shares")
    route = ArrayField(models.CharField(max_length=50), help_text="The codes of its places, in order.")

    refusals = (Refusal("inspection_round_immutable", "UPDATE OR DELETE"),)

    def __str__(self) -> str:
        return str(self.round_id)
