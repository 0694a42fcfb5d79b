"""Recommendations: what a supervision proposes beyond the case at hand, and by when an accepted one is carried out."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.workflow.models.parts import TicketPart


class RecommendationAim(models.TextChoices):
    """The sorts of recommendation; discipline of a person is no matter of this software."""

    WORK = "work", _("Improve how it is done")
    RULE = "rule", _("Change a rule, or provide what is missing")


class Recommendation(models.Model):
    """The aim of a recommendation that is a part of a ticket, and the day named by whoever accepted it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    part = models.OneToOneField(TicketPart, on_delete=models.PROTECT, related_name="recommendation")
    aim = models.CharField(max_length=10, choices=RecommendationAim)
    carry_out_by = models.DateTimeField(null=True, help_text="Null until it is accepted.")

    changing: ClassVar = ("carry_out_by",)

    def __str__(self) -> str:
        return self.aim
