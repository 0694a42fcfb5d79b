"""Links between tickets: two that belong together stay two, each with its own office, clocks and readers."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backend.organisation.models import Person
from backend.workflow.models.tickets import Ticket


class LinkKind(models.TextChoices):
    """The ways in which two tickets belong together."""

    RELATED = "related", _("They belong together")
    FOLLOWS = "follows", _("This one follows from the other")


class TicketLink(models.Model):
    """That a ticket belongs to another one of its school, until that is undone; kept once it is over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+", db_index=False)
    other = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=LinkKind)
    linked_by = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="Null where its reporter said so when filing.",
    )
    linked_at = models.DateTimeField()
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True, help_text="When it was undone.")

    changing: ClassVar = ("ended_by", "ended_at")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "other"], condition=Q(ended_at__isnull=True), name="linked_once_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(ticket=F("other")), name="linked_to_another"),
        ]
        indexes = [models.Index(fields=["other"], condition=Q(ended_at__isnull=True), name="linked_from")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.other_id}"
