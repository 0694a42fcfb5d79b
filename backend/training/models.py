"""The training log: what was held for whom, who was there, until when it counts, and whose next one is due."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.common.sql.refusals import Refusal
from backend.organisation.models import Person, School, Unit
from backend.rulebook.models import RulebookVersion

LONGEST_TITLE, LONGEST_HOLDER, LONGEST_CERTIFICATE, LONGEST_REASON = 120, 120, 80, 300
MOST_PEOPLE, MOST_CLASSES, MOST_IN_CLASS, MOST_MINUTES = 1000, 200, 200, 6000
NAMES_KEPT = timedelta(days=3 * 365)
"""The time for which it stays on record who was there, from the day on which it stopped counting."""


class TrainingKind(models.TextChoices):
    """The kinds of what is held."""

    TRAINING = "training", _("Training")
    LESSON = "lesson", pgettext_lazy("training", "Lesson")
    DRILL = "drill", _("Drill")
    LECTURE = "lecture", _("Talk by somebody from outside")


class TrainingSession(models.Model):
    """A training, lesson or drill as it was held; it never changes, and what was entered by mistake is made void.

    `code` is the training that the rules (`rulebook`) require, empty for any other, which has a `title`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    rulebook = models.ForeignKey(RulebookVersion, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=30, blank=True)
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    kind = models.CharField(max_length=10, choices=TrainingKind)
    held_on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    held_by = models.CharField(max_length=LONGEST_HOLDER)
    counts_until = models.DateField(null=True, help_text="The last day on which it counts.")
    people_count = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    void_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    void_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=LONGEST_REASON, blank=True)

    refusals = (Refusal("training_session_kept", "DELETE"),)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code="") | Q(rulebook__isnull=False), name="training_required_by_rules"),
            models.CheckConstraint(condition=~Q(code="", title=""), name="training_has_a_name"),
        ]
        indexes = [models.Index(fields=["school", "-held_on", "id"], name="training_of_school")]

    def __str__(self) -> str:
        return f"{self.held_on:%F} {self.code or self.title}"


class StaffAttendance(models.Model):
    """Somebody who works at the school was there, and got a certificate if there was one.

    The row goes three years after the training stopped counting.
    """

    session = models.ForeignKey(TrainingSession, on_delete=models.PROTECT, related_name="people", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    certificate = models.CharField(max_length=LONGEST_CERTIFICATE, blank=True)
    kept_until = models.DateField()

    refusals = (
        Refusal("training_attendance_immutable", "UPDATE"),
        Refusal("training_attendance_kept", "DELETE", "OLD.kept_until >= current_date"),
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "person"], name="training_attended_once")]
        indexes = [models.Index(fields=["kept_until"], name="training_names_over")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.person_id}"


class ClassAttendance(models.Model):
    """A class was there: how many belong to it and how many were present, and nobody by name."""

    session = models.ForeignKey(TrainingSession, on_delete=models.PROTECT, related_name="classes", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    due = models.PositiveSmallIntegerField()
    present = models.PositiveSmallIntegerField()

    refusals = (Refusal("training_class_immutable", "UPDATE OR DELETE"),)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "unit"], name="training_class_once"),
            models.CheckConstraint(condition=Q(present__lte=F("due")), name="training_present_of_due"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.present}/{self.due}"


class TrainingDue(models.Model):
    """The next training of a person, or lesson of a class, from when they are told of it until it is held.

    `session` is the one by which it was done; one that is closed without any was not asked any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    rulebook = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=30)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    due_on = models.DateField()
    due_at = models.DateTimeField(help_text="The end of that day at the school.")
    made_at = models.DateTimeField()
    session = models.ForeignKey(TrainingSession, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    closed_at = models.DateTimeField(null=True)

    refusals = (
        Refusal("training_due_kept", "DELETE", "OLD.closed_at IS NULL OR OLD.closed_at > now() - interval '1095 days'"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, unit__isnull=True) | Q(person__isnull=True, unit__isnull=False),
                name="training_due_of_one",
            ),
            models.UniqueConstraint(
                fields=["school", "code", "person", "unit"],
                condition=Q(closed_at__isnull=True),
                nulls_distinct=False,
                name="training_due_once",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "due_on", "id"], condition=Q(closed_at__isnull=True), name="training_open"),
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="training_dues_over"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.due_on:%F}"
