"""The dates that were promised: the first one of each promise, and every change of it, with the reason for each."""

from typing import ClassVar

from django.db import models

from backend.common.sealed.fields import SealedTextField
from backend.common.sealed.refusals import words_kept
from backend.organisation.models import Person
from backend.workflow.models.parts import LONGEST_WORDS, TicketPart


class PromiseStep(models.IntegerChoices):
    """The steps from which a date is promised; each change of it comes from a higher one than the date before."""

    OFFICE = 1
    HEAD = 2
    VICE_PRINCIPAL = 3
    PRINCIPAL = 4


class PromisedDate(models.Model):
    """A date that somebody named for one promise; the last one counts, and those before it stay as they were."""

    part = models.ForeignKey(TicketPart, on_delete=models.PROTECT, related_name="dates")
    named_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    named_at = models.DateTimeField()
    step = models.PositiveSmallIntegerField(choices=PromiseStep)
    due_at = models.DateTimeField()
    reason = SealedTextField(max_length=LONGEST_WORDS, of="part__ticket", help_text="Empty after an erasure.")

    changing: ClassVar = ()
    refusals = (words_kept("promised_date", "reason"),)

    def __str__(self) -> str:
        return f"{self.due_at:%F %H:%M}"
