"""Notices: what each person was told, on the page and by mail."""

import uuid

from django.db import models

from backend.organisation.models import Person
from backend.workflow.models import EventKind, Ticket


class Notice(models.Model):
    """One person hears of one event of one ticket, once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    event_id = models.UUIDField()
    kind = models.CharField(max_length=24, choices=EventKind)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "event_id"], name="notice_once_per_event")]
        indexes = [models.Index(fields=["person", "-created_at", "id"], name="notice_of_person")]

    def __str__(self) -> str:
        return self.kind
