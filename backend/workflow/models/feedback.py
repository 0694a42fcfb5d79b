"""The reporter's word on how a ticket was handled, once for each time it was closed."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.common.sealed.fields import SealedTextField
from backend.common.sealed.refusals import words_kept
from backend.workflow.models.parts import LONGEST_WORDS
from backend.workflow.models.tickets import Ticket


class Handled(models.TextChoices):
    """The words by which a reporter says whether something was well handled."""

    WELL = "well", _("Yes, well")
    PARTLY = "partly", _("Partly")
    BADLY = "badly", _("No, badly")


class TicketFeedback(models.Model):
    """One word of a ticket's reporter; whose it is stands in the ticket alone, so that nobody's are gathered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="feedback")
    said_at = models.DateTimeField()
    handled = models.CharField(max_length=8, choices=Handled)
    words = SealedTextField(max_length=LONGEST_WORDS, blank=True, help_text="Empty after an erasure.")

    changing: ClassVar = ()
    refusals = (words_kept("feedback", "words"),)

    def __str__(self) -> str:
        return self.handled
