"""The account of what was forgotten, and which tickets say nothing any more."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.common.sql.refusals import Refusal
from backend.organisation.models import School
from backend.workflow.models import Ticket


class What(models.TextChoices):
    """The kinds of what is forgotten, as the account names them."""

    TICKETS = "tickets", _("Tickets with all that was said on them")
    OPENINGS = "openings", _("Entries of who opened a confidential ticket")
    CALLERS = "callers", _("On whose behalf somebody reported")
    PATROLS = "patrols", _("Words of rounds, inspections, meetings and bulletins")
    NEWS = "news", _("Messages to colleagues")


class Forgotten(models.Model):
    """A line of the account: how many of a kind were forgotten in one batch; it names nobody and never changes."""

    id = models.BigAutoField(primary_key=True)
    school = models.ForeignKey(
        School, null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: of the whole installation."
    )
    what = models.CharField(max_length=12, choices=What)
    count = models.PositiveIntegerField()
    at = models.DateTimeField()

    refusals = (Refusal("forgotten_is_kept", "UPDATE OR DELETE"),)

    def __str__(self) -> str:
        return f"{self.what} {self.count}"


class ForgottenTicket(models.Model):
    """A ticket of which only codes and instants are left; it is done once its key is destroyed too."""

    ticket = models.OneToOneField(Ticket, primary_key=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_done = models.BooleanField(default=False)

    refusals = (Refusal("forgotten_ticket_is_kept", "DELETE"),)

    class Meta:
        indexes = [models.Index(fields=["at"], condition=models.Q(is_done=False), name="forgotten_not_done")]

    def __str__(self) -> str:
        return str(self.ticket_id)
