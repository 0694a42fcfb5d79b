"""Tickets that were merged: two reports of one problem become one piece of work."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from backend.organisation.models import Person
from backend.workflow.models.tickets import Ticket
from backend.workflow.states import State


class TicketMerge(models.Model):
    """That a ticket was merged into another one of its school, until that is undone; kept once it is over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+", db_index=False)
    into = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+", db_index=False)
    merged_by = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Null where its reporter said so when filing: their name is told by the rules of its ticket alone.",
    )
    merged_at = models.DateTimeField()
    state_before = models.CharField(max_length=14, choices=State, help_text="The state to which undoing it leads back.")
    ended_at = models.DateTimeField(null=True, help_text="When it was undone.")

    changing: ClassVar = ("ended_at",)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(ended_at__isnull=True), name="merged_once_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(ticket=F("into")), name="merged_into_another"),
        ]
        indexes = [
            models.Index(fields=["into"], condition=Q(ended_at__isnull=True), name="merged_into"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.into_id}"
