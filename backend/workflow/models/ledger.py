"""The ledger: everything that happened to a ticket, as a chain whose words can be erased."""

import uuid

from django.db import models
from django.db.models import F

from backend.workflow.models.payloads import SealedBodyField, SealedSaltField
from backend.workflow.models.tickets import Ticket
from backend.workflow.refusals import EVENT_REFUSALS, PAYLOAD_REFUSALS


class TicketEvent(models.Model):
    """One link of a ticket's chain: its hash covers the one before it and a salted commitment of its payload."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events", db_index=False)
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=24, help_text="The name of its type: an action's, or one of the system's own.")
    version = models.PositiveSmallIntegerField(
        default=0, help_text="The version of its type's format; 0 where it was recorded before formats had one."
    )
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True, help_text="The person's opaque id; empty for the system.")
    commitment = models.BinaryField(max_length=32)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    refusals = EVENT_REFUSALS

    class Meta:
        constraints = [
            models.UniqueConstraint(F("ticket"), F("sequence"), name="event_sequence_once_per_ticket"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"


class TicketEventPayload(models.Model):
    """The words of an event; they can be erased with their salt, and the chain still verifies."""

    event = models.OneToOneField(TicketEvent, primary_key=True, on_delete=models.PROTECT, related_name="payload")
    salt = SealedSaltField(max_length=16, of="event__ticket")
    body = SealedBodyField(of="event__ticket")

    free_text: frozenset[str] = frozenset()
    """The names of its fields in which somebody's words stand, where it was made or read with them."""

    refusals = PAYLOAD_REFUSALS

    def __str__(self) -> str:
        return str(self.event_id)
