"""Waits, proposals and the like: rows that only some tickets have, at most one of a kind open, and kept once over."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backend.common.sealed.fields import SealedTextField
from backend.common.sealed.refusals import words_kept
from backend.common.sql.refusals import Refusal
from backend.organisation.models import Person
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models.tickets import Ticket

LONGEST_PARTY = 120


class TicketWait(models.Model):
    """A time during which a ticket rests because somebody outside the school has to do something first."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="waits")
    party = SealedTextField(max_length=LONGEST_PARTY, help_text="For whom it waits; empty after an erasure.")
    since = models.DateTimeField()
    until = models.DateTimeField(help_text="When it is over by itself, at the latest.")
    ended_at = models.DateTimeField(null=True)

    changing: ClassVar = ("until", "ended_at")
    refusals = (words_kept("wait", "party"),)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(ended_at__isnull=True), name="one_wait_at_a_time")
        ]

    def __str__(self) -> str:
        return str(self.party)


class DeclineProposal(models.Model):
    """A proposal to decline a ticket; a second person decides, or it falls when the ticket goes on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+", db_index=False)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    proposed_at = models.DateTimeField()
    reason = SealedTextField(max_length=4000, help_text="Empty after an erasure.")
    ended_at = models.DateTimeField(null=True)

    changing: ClassVar = ("ended_at",)
    refusals = (words_kept("decline_proposal", "reason"),)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(ended_at__isnull=True), name="one_decline_proposal_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return str(self.reason)


class PagedRung(models.Model):
    """The people whom a missed deadline of a ticket paged, so that nobody hears of the same missed time twice."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+", db_index=False)
    clock = models.CharField(max_length=32)
    due_at = models.DateTimeField()
    people = ArrayField(models.UUIDField())

    class Meta:
        indexes = [models.Index(fields=["ticket", "due_at"], name="paged_rung_of_ticket")]

    def __str__(self) -> str:
        return f"{self.clock} {self.due_at:%F %H:%M}"


class AnsweredLead(models.Model):
    """The office that an answer of the reporter names in place of the category's, as long as the category stays.

    Kept apart from what was reported, which decides nothing any more once the ticket is open.
    """

    ticket = models.OneToOneField(Ticket, primary_key=True, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=3)
    lead = models.CharField(max_length=40, help_text="The code of the office, as the rulebook names it.")
    question = models.CharField(max_length=20)

    refusals = (Refusal("answered_lead_is_kept", "UPDATE OR DELETE"),)

    def __str__(self) -> str:
        return f"{self.category} {self.lead}"


class SealProposal(models.Model):
    """A proposal to open a confidential ticket to more people, by class or category; a second person decides."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    category = models.CharField(max_length=3)
    confidentiality = models.CharField(max_length=2, choices=Confidentiality)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(ended_at__isnull=True), name="one_seal_proposal_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.confidentiality}"
