"""What only some tickets have, each as rows of its own: at most one open at a time, those that are over kept."""

from django.db import models

from backend.organisation.models import Person
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models.tickets import Ticket


class SealProposal(models.Model):
    """A proposal to open a confidential ticket to more people, by class or category; a second person decides."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    category = models.CharField(max_length=3)
    confidentiality = models.CharField(max_length=2, choices=Confidentiality)

    def __str__(self) -> str:
        return f"{self.category} {self.confidentiality}"
