"""Questions to somebody outside: who is asked, and the link by which they answer once without an account."""

import uuid
from typing import ClassVar

from django.db import models

from backend.common.sealed.fields import SealedTextField
from backend.common.sealed.refusals import words_kept
from backend.workflow.models.parts import TicketPart

LONGEST_WHOM = 120


class OutsideQuestion(models.Model):
    """A question that is a part of a ticket, asked of a named person outside; of its link only a hash is stored.

    The link is good until it expires, is replaced or withdrawn, or the question ends; answering ends it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    part = models.OneToOneField(TicketPart, on_delete=models.PROTECT, related_name="outside")
    whom = SealedTextField(
        max_length=LONGEST_WHOM, of="part__ticket", help_text="Who is asked; empty after an erasure."
    )
    digest = models.CharField(max_length=64, null=True, unique=True, help_text="Of the link; null while there is none.")
    expires_at = models.DateTimeField(null=True)
    answered_on = models.DateField(null=True, help_text="The day that the answer names.")

    changing: ClassVar = ("digest", "expires_at", "answered_on")
    refusals = (words_kept("outside_question", "whom"),)

    def __str__(self) -> str:
        return str(self.whom)
