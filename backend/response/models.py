"""Response plans of a school: what it approved and who has read it; plans that were started, and their steps."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backend.common.sql.refusals import Refusal
from backend.organisation.models import Person, School, Unit
from backend.organisation.roles import Role
from backend.rulebook.models import RulebookVersion
from backend.workflow.models import Ticket

LONGEST_CODE, LONGEST_KEY, LONGEST_WORDS = 23, 20, 1000


class ResponseApproval(models.Model):
    """The word of somebody who answers for the school that a plan, as it is written, is theirs until a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    plan = models.CharField(max_length=LONGEST_CODE)
    number = models.PositiveSmallIntegerField(help_text="From one; the latest counts.")
    rulebook = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    digest = models.CharField(max_length=64, help_text="Of what the plan said; written otherwise, it is another one.")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    last_day = models.DateField(help_text="The last day on which it holds, by the school's clock.")

    refusals = (Refusal("response_approval_immutable", "UPDATE OR DELETE"),)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "plan", "number"], name="response_approval_numbered"),
            models.CheckConstraint(condition=Q(number__gte=1), name="response_approvals_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.number}"


class ResponseDraft(models.Model):
    """The steps of a plan as somebody would have them; nothing goes by them before they are approved."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    plan = models.CharField(max_length=LONGEST_CODE)
    steps = models.JSONField(help_text="As a rulebook writes them.")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "plan"], name="response_draft_once")]

    def __str__(self) -> str:
        return f"{self.plan} {self.at:%F}"


class ResponseReading(models.Model):
    """The word of one person that they have read their part in a plan as it was approved."""

    approval = models.ForeignKey(ResponseApproval, on_delete=models.PROTECT, related_name="readings", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    refusals = (Refusal("response_reading_immutable", "UPDATE OR DELETE"),)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["approval", "person"], name="response_read_once")]

    def __str__(self) -> str:
        return f"{self.approval_id} {self.person_id}"


class Response(models.Model):
    """A plan that somebody started on a ticket, until somebody who leads says that it is over."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    rulebook = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    plan = models.CharField(max_length=LONGEST_CODE)
    started_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    lacks = ArrayField(models.CharField(max_length=20), default=list, help_text="By which it was started all the same.")
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    ended_words = models.TextField(max_length=LONGEST_WORDS, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "plan"], condition=Q(ended_at__isnull=True), name="response_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_words="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_words="")),
                name="response_ended_by_somebodys_word",
            ),
        ]
        indexes = [models.Index(fields=["school"], condition=Q(ended_at__isnull=True), name="response_open")]

    def __str__(self) -> str:
        return f"{self.plan} {self.started_at:%F %H:%M}"


class ResponseTask(models.Model):
    """One step of a started plan, asked of one office, class or role: of whom, by when, and who has done it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    number = models.PositiveSmallIntegerField(help_text="From one, in the order of the plan.")
    step = models.CharField(max_length=LONGEST_KEY)
    role = models.CharField(max_length=20, choices=Role)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    people = ArrayField(models.UUIDField(), help_text="Whoever was asked, and whoever heard later that it is not done.")
    due_at = models.DateTimeField()
    there_at = models.DateTimeField(null=True, help_text="When somebody said that they are there.")
    there_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    words = models.TextField(max_length=LONGEST_WORDS, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["response", "number"], name="response_task_numbered"),
            models.CheckConstraint(
                condition=Q(there_at__isnull=True, there_by__isnull=True, done_at__isnull=True)
                | Q(there_at__isnull=False, there_by__isnull=False),
                name="response_task_there_before_done",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True, words="")
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="response_task_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.response_id} {self.number} {self.step}"

    @property
    def is_late(self) -> bool:
        """Whether it was done after its time."""
        return self.done_at is not None and self.done_at > self.due_at
