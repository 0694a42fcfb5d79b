"""Reviews of the cause: why something could happen, what was done about it, and the lesson that others read."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.common.sealed.fields import SealedTextField
from backend.common.sealed.refusals import words_kept
from backend.organisation.models import Person
from backend.workflow.models.parts import LONGEST_WORDS
from backend.workflow.models.tickets import Ticket

LONGEST_LESSON = 1000


class Cause(models.TextChoices):
    """The classes of causes: of deciding and carrying out first, then the technical ones."""

    WRONG_DECISION = "wrong_decision", _("A wrong decision")
    FAULTY_EXECUTION = "faulty_execution", _("Not carried out as decided")
    MISUSE_OF_OFFICE = "misuse_of_office", _("Office misused for private ends")
    EQUIPMENT = "equipment", _("Equipment or building")
    TRAINING = "training", _("Training or knowledge")
    RESOURCES = "resources", _("People, money or time")
    ENVIRONMENT = "environment", _("Weather or surroundings")


class CauseReview(models.Model):
    """The cause that was found of one ticket; its lesson is read by others once somebody approved it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=20, choices=Cause)
    why = SealedTextField(max_length=LONGEST_WORDS, help_text="Empty after an erasure, as all its words.")
    corrective = SealedTextField(max_length=LONGEST_WORDS)
    preventive = SealedTextField(max_length=LONGEST_WORDS)
    lesson = SealedTextField(max_length=LONGEST_LESSON, blank=True, help_text="Without names; empty where none is.")
    reviewed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    reviewed_at = models.DateTimeField()
    approved_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    approved_at = models.DateTimeField(null=True, help_text="Since when colleagues read the lesson.")

    changing: ClassVar = ("lesson", "approved_by", "approved_at")
    refusals = (words_kept("cause_review", "why", "corrective", "preventive"),)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="lesson_approved_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.cause
