"""Parts of a ticket: what is asked of somebody about it, by whom, by when, and how it ended."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.common.sealed.fields import SealedTextField
from backend.common.sealed.refusals import words_kept
from backend.organisation.models import Person, Unit
from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName
from backend.workflow.models.tickets import Ticket

LONGEST_WORDS = 4000
OUTLIVING = frozenset({ClockName.REVIEW, ClockName.IMPROVEMENT})
"""The kinds that are asked also once the ticket is over: they look beyond the case at hand."""


class PartOutcome(models.TextChoices):
    """The ways in which a part of a ticket ends."""

    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    ACCEPTED = "accepted", _("Accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    WAIVED = "waived", _("Waived")
    DECIDED = "decided", _("Decided by the coordinator")
    LIFTED = "lifted", _("May be offered again")
    LAPSED = "lapsed", _("Over with the ticket")


class TicketPart(models.Model):
    """Something asked of somebody about a ticket by a date; `kind` is the name of its clock.

    It is asked of one person, of an office, or of whoever holds a role at the school; where none is named, of whoever
    has the ticket in hand. Its timer's target is its id.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="parts", db_index=False)
    kind = models.CharField(max_length=20)
    office = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=20, choices=Role, blank=True)
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    words = SealedTextField(max_length=LONGEST_WORDS, blank=True, help_text="What is asked; empty after an erasure.")
    makes_safe = models.BooleanField(
        default=False, db_default=False, help_text="The sub-task is to make the place safe: the interim control."
    )
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, choices=PartOutcome, blank=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    answer = SealedTextField(max_length=LONGEST_WORDS, blank=True, help_text="Empty after an erasure.")

    changing: ClassVar = ("office", "person", "role", "due_at", "outcome", "ended_by", "ended_at", "answer")
    refusals = (words_kept("part", "words"),)

    class Meta:
        indexes = [
            models.Index(fields=["ticket"], name="part_of_ticket"),
            models.Index(fields=["office"], condition=Q(ended_at__isnull=True), name="part_open_of_office"),
            models.Index(fields=["person"], condition=Q(ended_at__isnull=True), name="part_open_of_person"),
            models.Index(fields=["role"], condition=Q(ended_at__isnull=True) & ~Q(role=""), name="part_open_of_role"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", ended_at__isnull=True) | (~Q(outcome="") & Q(ended_at__isnull=False)),
                name="a_part_that_ended_has_an_outcome",
            )
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None

    @property
    def is_unsettled(self) -> bool:
        """Whether it is open, or a sub-task that was refused: that has to be waived before the ticket is solved."""
        return self.is_open or (self.kind == ClockName.SUBTASK and self.outcome == PartOutcome.REFUSED)

    @property
    def outlives_ticket(self) -> bool:
        """Whether it goes on being asked once the ticket is over."""
        return self.kind in OUTLIVING

    @property
    def is_promise(self) -> bool:
        """Whether it is a date promised to the reporter."""
        return self.kind == ClockName.PROMISE

    @property
    def is_kept(self) -> bool:
        """Whether it ended in time: a promise is kept or missed by its times alone."""
        return self.outcome == PartOutcome.DONE and self.ended_at is not None and self.ended_at <= self.due_at
