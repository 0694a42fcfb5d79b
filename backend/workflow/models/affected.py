"""Affected parties: who else has to hear of a problem, and whether each was informed or need not be."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.common.sealed.fields import SealedTextField
from backend.common.sealed.refusals import words_kept
from backend.organisation.models import Person
from backend.workflow.models.parts import LONGEST_WORDS
from backend.workflow.models.tickets import Ticket

LONGEST_WHO = 120


class Affected(models.TextChoices):
    """The sorts of people whom a problem, or what is done about it, can affect."""

    PLACE = "place", _("Those who use the place")
    CLASSES = "classes", _("Classes")
    CANTEEN = "canteen", _("The canteen")
    NEIGHBOURS = "neighbours", _("Neighbours")
    PARENTS = "parents", _("Parents")
    OTHER = "other", _("Others")


class AffectedOutcome(models.TextChoices):
    """The ways in which telling an affected party ends."""

    INFORMED = "informed", _("Informed")
    WAIVED = "waived", _("Need not be told")


class AffectedParty(models.Model):
    """People who have to hear of one ticket before it is closed; its reporter is told by the system and is no row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="affected")
    kind = models.CharField(max_length=12, choices=Affected)
    who = SealedTextField(max_length=LONGEST_WHO, blank=True, help_text="Which ones; empty after an erasure.")
    added_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    added_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=AffectedOutcome, blank=True)
    words = SealedTextField(
        max_length=LONGEST_WORDS, blank=True, help_text="How they were told, or why not; empty after an erasure."
    )
    settled_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    settled_at = models.DateTimeField(null=True)

    changing: ClassVar = ("outcome", "words", "settled_by", "settled_at")
    refusals = (words_kept("affected_party", "who"),)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", settled_at__isnull=True) | (~Q(outcome="") & Q(settled_at__isnull=False)),
                name="an_affected_party_is_settled_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.kind
