"""Visits of those who inspect from outside: who came, when, and which hazards they found."""

import uuid
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.common.sql.refusals import Refusal
from backend.organisation.models import Person, School
from backend.workflow.models import Ticket


class Authority(models.TextChoices):
    """The authorities that inspect schools."""

    BUREAU = "bureau", _("Education authority")
    FIRE = "fire", _("Fire brigade")
    MARKET = "market", _("Market regulator")
    HEALTH = "health", _("Health authority")
    POLICE = "police", _("Police")
    OTHER = "other", _("Another authority")


class OutsideVisit(models.Model):
    """An inspection by somebody from outside, as the school keeps it; it never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    authority = models.CharField(max_length=10, choices=Authority)
    who = models.CharField(max_length=200, help_text="The department, and how to reach it.")
    day = models.DateField(help_text="By the school's clock.")
    words = models.TextField(max_length=4000, blank=True, help_text="What they said besides.")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    refusals = (Refusal("outside_visit_immutable", "UPDATE OR DELETE"),)

    class Meta:
        indexes = [models.Index(fields=["school", "-day", "id"], name="outside_visit_of_school")]

    def __str__(self) -> str:
        return f"{self.authority} {self.day:%F}"


class OutsideFinding(models.Model):
    """A ticket about what a visit from outside found, and the day by which they want an answer."""

    visit = models.ForeignKey(OutsideVisit, on_delete=models.PROTECT, related_name="findings")
    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="+")
    answer_by = models.DateField(null=True, help_text="Empty where they named no day.")
    reply = models.ForeignKey(
        "OutsideReply",
        null=True,
        on_delete=models.PROTECT,
        related_name="findings",
        help_text="The answer that is wanted by that day; days set before there were any have none.",
    )
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    refusals = (Refusal("outside_finding_immutable", "UPDATE OR DELETE"),)

    def __str__(self) -> str:
        return f"{self.visit_id} {self.ticket_id}"

    @property
    def wanted_by(self) -> date | None:
        """The day by which an answer is wanted, as it stands now."""
        return self.reply.due_on if self.reply else self.answer_by
