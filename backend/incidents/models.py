"""Reports: what somebody filed, word for word, kept as it was."""

import uuid

from django.db import models
from django.db.models import Value

from backend.common.sealed.fields import SealedJSONField, SealedTextField
from backend.common.sealed.refusals import words_stay
from backend.organisation.models import Person, Place
from backend.workflow.models import ReporterMode, Ticket


class Report(models.Model):
    """The original submission that opened a ticket; it never changes, whatever becomes of the ticket."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="reports")
    reporter = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="reports", help_text="Null where no name was given."
    )
    category = models.CharField(max_length=3)
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+")
    occurred_at = models.DateTimeField()
    description = SealedTextField(max_length=8000)
    filed_at = models.DateTimeField()
    reporter_mode = models.CharField(
        max_length=12,
        choices=ReporterMode,
        default=ReporterMode.NAMED,
        db_default=ReporterMode.NAMED,
        help_text="To whom the reporter gave their name.",
    )
    caller_name = SealedTextField(max_length=80, blank=True, default="", help_text="On whose behalf it was filed.")
    caller_contact = SealedTextField(max_length=120, blank=True, default="")
    is_exercise = models.BooleanField(default=False)
    answers = SealedJSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        blank=True,
        help_text="By the key of a question of the category the key of the answer; what was not answered is not there.",
    )

    opens_ticket: bool = True
    """True where its reporter may go on to its ticket, its class left aside; set by whoever reads reports for them."""
    concerns_reporter: bool = False
    """True where it names its own reporter as concerned, so that nothing of the ticket is shown to them."""
    is_asked: bool = False
    """True where its reporter is asked a question that is open."""
    refusals = words_stay("report", "description", "caller_name", "caller_contact", "answers")

    class Meta:
        indexes = [models.Index(fields=["reporter", "-filed_at", "id"], name="report_of_reporter")]

    def __str__(self) -> str:
        return self.ticket.reference


class ReportAmendment(models.Model):
    """Words that the reporter added later; the report itself stays as it was filed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="amendments")
    text = SealedTextField(max_length=8000, of="report__ticket")
    added_at = models.DateTimeField()

    refusals = words_stay("amendment", "text")

    class Meta:
        indexes = [models.Index(fields=["report", "added_at"], name="amendment_of_report")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.added_at:%F %H:%M}"
