"""Problems that came back: a new ticket about what was closed at the same place shortly before."""

from typing import ClassVar

from django.db import models

from backend.rulebook.ruleset import Severity
from backend.workflow.models.tickets import Ticket


class TicketRecurrence(models.Model):
    """That a ticket is about a problem that came back, of which one, and the how-manieth time it is."""

    ticket = models.OneToOneField(Ticket, primary_key=True, on_delete=models.PROTECT, related_name="+")
    earlier = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+", help_text="The first of the row.")
    number = models.PositiveSmallIntegerField(help_text="Two where it came back once.")
    found_at = models.DateTimeField()
    severity_was = models.CharField(max_length=2, choices=Severity, help_text="Before it was raised for this.")

    changing: ClassVar = ()

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.earlier_id}"
