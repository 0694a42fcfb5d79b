"""Systems in which a school's staff see their to-dos, how people are known there, and what stands there."""

import uuid
from typing import cast

from django.db import models
from django.db.models import Q

from backend.common.identities import IdentityOf
from backend.organisation.models import Person, School
from backend.workflow.models import Ticket

LONGEST_NAME = 60
LONGEST_KNOWN_AS = 80
LONGEST_ERROR = 200
TICKET = "ticket"
"""The kind of a to-do about a ticket; the others are those that settings name."""


class TodoSystem(models.Model):
    """A portal, or an office suite, that shows the staff of one school what waits for them here."""

    class Kind(models.TextChoices):
        """The kinds of system; each has an adapter."""

        PUSH = "push"
        PULL = "pull"
        DINGTALK = "dingtalk"
        FEISHU = "feishu"

    class KnownBy(models.TextChoices):
        """The ways to know how the system calls somebody."""

        STAFF_NUMBER = "staff_number"
        MAPPING = "mapping"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=LONGEST_NAME)
    kind = models.CharField(max_length=10, choices=Kind)
    known_by = models.CharField(max_length=12, choices=KnownBy, default=KnownBy.STAFF_NUMBER)
    setup = models.JSONField(default=dict, help_text="Addresses and shapes, as its kind asks for; never a secret.")
    secret = models.CharField(max_length=1000, blank=True, default="", help_text="Sealed.")
    is_on = models.BooleanField(default=False)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, help_text="When the last try of the set-up as it is now was made.")
    try_error = models.CharField(max_length=LONGEST_ERROR, blank=True, default="")
    leased_until = models.DateTimeField(null=True, help_text="Until when one worker has it to itself.")
    rests_until = models.DateTimeField(null=True, help_text="Until when nothing is sent: it is away, or asked for it.")
    failures = models.PositiveSmallIntegerField(default=0, help_text="How often in a row it could not be reached.")
    last_error = models.CharField(max_length=LONGEST_ERROR, blank=True, default="")
    checked_at = models.DateTimeField(null=True, help_text="When all that stands there was last compared.")
    checking_after = models.UUIDField(null=True, help_text="The last person whose list was compared in this round.")

    class Meta:
        constraints = [
            models.UniqueConstraint("school", IdentityOf("name"), name="todo_system_name_once"),
            models.UniqueConstraint(fields=["school"], condition=Q(kind="pull"), name="todo_system_pulled_once"),
        ]

    def __str__(self) -> str:
        return self.name


class TodoName(models.Model):
    """The name by which a system knows somebody, where that is not the staff number."""

    system = models.ForeignKey(TodoSystem, on_delete=models.CASCADE, related_name="names", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    known_as = models.CharField(max_length=LONGEST_KNOWN_AS)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "person"], name="todo_name_once_per_person"),
            models.UniqueConstraint(fields=["system", "known_as"], name="todo_name_of_one_person"),
        ]

    def __str__(self) -> str:
        return self.known_as


class PushedTodo(models.Model):
    """The to-do of one person about one ticket, or one thing beside them, in one system: what stands there, and
    whether it is looked at again."""

    class State(models.TextChoices):
        """The forms in which it can stand in the system."""

        NONE = "none"
        OPEN = "open"
        DONE = "done"
        GONE = "gone"

    system = models.ForeignKey(TodoSystem, on_delete=models.CASCADE, related_name="todos", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, default=TICKET, db_default=TICKET, help_text="Of the thing it is about.")
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.PROTECT, related_name="+")
    subject = models.UUIDField(null=True, help_text="The thing beside tickets that it is about.")
    known_as = models.CharField(max_length=LONGEST_KNOWN_AS, help_text="Whose it is there.")
    remote_id = models.CharField(max_length=120, blank=True, default="")
    state = models.CharField(max_length=4, choices=State, default=State.NONE)
    digest = models.CharField(max_length=64, blank=True, default="", help_text="Of what was last sent; empty: unknown.")
    refused = models.CharField(
        max_length=64, blank=True, default="", help_text="The digest of what was refused for good; not sent again."
    )
    marks = models.PositiveIntegerField(default=0, help_text="Counts how often it was to be looked at.")
    is_tried = models.BooleanField(default=False, help_text="Something was sent, whether or not an answer was heard.")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, help_text="Empty once there is nothing to send.")
    last_error = models.CharField(max_length=LONGEST_ERROR, blank=True, default="")
    changed_at = models.DateTimeField(help_text="When what stands there last changed.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "person", "ticket"], name="pushed_todo_once"),
            models.UniqueConstraint(fields=["system", "person", "subject"], name="pushed_todo_beside_once"),
            models.CheckConstraint(
                condition=Q(kind=TICKET, ticket__isnull=False, subject__isnull=True)
                | (~Q(kind=TICKET) & Q(ticket__isnull=True, subject__isnull=False)),
                name="pushed_todo_about_one_thing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["system", "next_attempt_at"], name="pushed_todo_due", condition=Q(next_attempt_at__isnull=False)
            ),
            models.Index(fields=["system", "state", "changed_at", "id"], name="pushed_todo_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.ticket_id or self.subject} {self.state}"

    @property
    def about(self) -> tuple[str, uuid.UUID]:
        """The kind and the id of what it is about."""
        return self.kind, cast("uuid.UUID", self.ticket_id or self.subject)
