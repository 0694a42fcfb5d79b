"""The files of a ticket."""

from django.db import models

from backend.files.models import Purpose, StoredFile
from backend.organisation.models import Person
from backend.workflow.models.tickets import Ticket


class Attachment(models.Model):
    """A photo or document that belongs to a ticket: whoever sees the ticket sees it, and nobody else."""

    file = models.OneToOneField(StoredFile, primary_key=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="attachments", db_index=False)
    added_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    added_at = models.DateTimeField()
    purpose = models.CharField(max_length=12, choices=Purpose)

    class Meta:
        indexes = [models.Index(fields=["ticket", "added_at", "file"], name="attachment_of_ticket")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.file_id}"
