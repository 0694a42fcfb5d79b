"""Published results: what came of a report, without names, for its reporter and for the staff of the school."""

import uuid
from typing import ClassVar

from django.db import models

from backend.common.sealed.fields import SealedTextField
from backend.organisation.models import Person
from backend.workflow.models.parts import LONGEST_WORDS
from backend.workflow.models.tickets import Ticket

LONGEST_WHAT = 200


class PublishedResult(models.Model):
    """The result of one ticket as it was published last; it counts while the ticket stays closed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="+")
    what = SealedTextField(max_length=LONGEST_WHAT, help_text="What was wrong; empty after an erasure.")
    fix = SealedTextField(max_length=LONGEST_WORDS, help_text="What was done; empty after an erasure.")
    published_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    published_at = models.DateTimeField(db_index=True)

    changing: ClassVar = ("what", "fix", "published_by", "published_at")

    def __str__(self) -> str:
        return str(self.what)
