"""Fixes: how a ticket was resolved, by which control, with which measured value, and the proof that was asked for."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.rulebook.proofs import Proof
from backend.workflow.models.tickets import Ticket


class Control(models.TextChoices):
    """The hierarchy of controls, the most effective first."""

    ELIMINATED = "eliminated", _("Eliminated: the danger is gone")
    SUBSTITUTED = "substituted", _("Substituted: replaced by something safer")
    ENGINEERED = "engineered", _("Engineered: repaired, guarded or closed off for good")
    ADMINISTRATIVE = "administrative", _("Administrative: a rule, a sign, a changed routine")
    PROTECTIVE_EQUIPMENT = "protective_equipment", _("Protective equipment only")


class MeasuredIn(models.TextChoices):
    """The units of what is measured at a school."""

    MILLIMETRE = "mm", "mm"
    METRE = "m", "m"
    CELSIUS = "degC", "℃"
    LUX = "lx", "lx"
    VOLT = "V", "V"
    MILLIAMPERE = "mA", "mA"
    OHM = "ohm", "Ω"
    MEGAOHM = "Mohm", "MΩ"
    MEGAPASCAL = "MPa", "MPa"
    MILLIGRAM_PER_LITRE = "mg/L", "mg/L"
    MILLIGRAM_PER_CUBIC_METRE = "mg/m3", "mg/m³"
    DECIBEL = "dB", "dB"
    ACIDITY = "pH", "pH"
    PERCENT = "percent", "%"


class TicketFix(models.Model):
    """One time that a ticket was resolved; it is undone when the fix is rejected or the ticket reopened."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="fixes")
    at = models.DateTimeField()
    control = models.CharField(max_length=20, choices=Control, blank=True, help_text="Empty where it is no hazard.")
    measured = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    unit = models.CharField(max_length=8, choices=MeasuredIn, blank=True)
    proof = ArrayField(
        models.CharField(max_length=12, choices=Proof), default=list, help_text="What its category asked for then."
    )
    undone_at = models.DateTimeField(null=True, help_text="When it turned out not to be solved, or not for good.")

    changing: ClassVar = ("undone_at",)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(undone_at__isnull=True), name="one_fix_at_a_time"),
            models.CheckConstraint(
                condition=Q(measured__isnull=True, unit="") | Q(measured__isnull=False, unit__gt=""),
                name="fix_measured_in_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.control} {self.at:%F %H:%M}"
