"""Sight of tickets: opened to somebody in another's place, as it was decided before, and each confidential opening."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from backend.organisation.models import Person, School, Unit
from backend.organisation.roles import Role
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models.tickets import Ticket
from backend.workflow.refusals import OPENING_REFUSALS, SIGHT_REFUSALS


class TicketGrant(models.Model):
    """A ticket opened to somebody who was told of it in another's place, while the term of then lasts."""

    class Reason(models.TextChoices):
        """The reasons for telling somebody in another's place."""

        STANDS_IN = "stands_in"
        LADDER = "ladder"
        UNREACHED = "unreached"

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="grants")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role, help_text="The post in which the person was told.")
    reason = models.CharField(max_length=12, choices=Reason)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, help_text="When it was withdrawn; empty while it opens the ticket.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "ticket", "role"], condition=Q(until__isnull=True), name="grant_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return self.reason

    def holds(self, at: datetime | None) -> bool:
        """Say whether it opened the ticket at an instant, the end included, or (None) whether it still does."""
        return self.until is None if at is None else self.since <= at and (self.until is None or at <= self.until)


class SightChange(models.Model):
    """The state that decided who saw a ticket until owner, assignee or class changed; a trigger writes it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField()
    confidentiality = models.CharField(max_length=2, choices=Confidentiality)
    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    assignee = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )

    refusals = SIGHT_REFUSALS

    class Meta:
        indexes = [models.Index(fields=["school", "at"], name="sight_change_of_school")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.at:%F %H:%M}"


class TicketOpening(models.Model):
    """Somebody opened a confidential ticket: recorded once an hour for each person and ticket, and never changed.

    That somebody drew it as a paper, which can be passed on, is recorded beside that.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    hour = models.DateTimeField(help_text="The full hour in which it was opened.")
    opened_at = models.DateTimeField()
    is_paper = models.BooleanField(default=False, db_default=False, help_text="It was drawn as a paper (PDF).")

    refusals = OPENING_REFUSALS

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "person", "hour", "is_paper"], name="opening_once_an_hour"),
        ]
        indexes = [models.Index(fields=["school", "-opened_at", "id"], name="opening_of_school")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.opened_at:%F %H:%M}"
