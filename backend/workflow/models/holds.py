"""Holds for evidence: while one stands, nothing of its ticket, or of the tickets of a person, is erased."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from backend.common.sql.refusals import Refusal
from backend.organisation.models import Person, School
from backend.workflow.models.tickets import Ticket

LONGEST_REASON = 1000


class EvidenceHold(models.Model):
    """A time during which all that a ticket says is kept as evidence; why it began and ended, its events say."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+", db_index=False)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    changing: ClassVar = ("ended_at",)
    refusals = (
        Refusal("hold_is_kept", "DELETE"),
        Refusal("hold_ends_once", "UPDATE", "OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(ended_at__isnull=True), name="one_hold_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.since:%F}"


class PersonHold(models.Model):
    """A record that evidence of one person's matters is kept at a school, or that this ended; it never changes."""

    id = models.BigAutoField(primary_key=True)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    ends = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="ending", help_text="The hold that this record ends."
    )
    words = models.CharField(max_length=LONGEST_REASON, help_text="Why.")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    refusals = (Refusal("person_hold_immutable", "UPDATE OR DELETE"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.at:%F}"
