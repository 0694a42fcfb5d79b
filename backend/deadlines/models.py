"""Timers, the escalations they fired, and what the engine records about itself; no ticket is known here."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

MAX_RUNGS = 16
SHORTEST_REPEAT = timedelta(seconds=1)


class Timer(models.Model):
    """One arming of one clock of one subject: running, paused (`remaining` kept) or stopped (with a reason)."""

    id = models.BigAutoField(primary_key=True)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    target = models.CharField(max_length=64, blank=True, default="")
    clock = models.CharField(max_length=32)
    epoch = models.PositiveIntegerField()
    rung = models.PositiveIntegerField(default=0)
    armed = models.BooleanField(default=True)
    due_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    ladder = ArrayField(models.DateTimeField())
    repeat_every = models.DurationField(null=True)
    remaining = models.DurationField(null=True)
    calendar_version = models.PositiveIntegerField(null=True)
    failures = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = [
            # The one hot index: a sweep reads as many of its entries as timers are due, however many are armed.
            models.Index(fields=["next_try_at", "id"], condition=Q(armed=True), name="timer_due"),
            # What is late on one clock, of however many that run.
            models.Index(
                F("subject_kind"), F("clock"), F("ladder__0"), condition=Q(armed=True, target=""), name="timer_late"
            ),
        ]
        constraints = [
            # Also the index by which a subject's timers are found.
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "target", "clock", "epoch"], name="timer_one_per_epoch"
            ),
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "target", "clock"],
                condition=Q(stopped_at__isnull=True),
                name="timer_one_open",
            ),
            models.CheckConstraint(
                condition=Q(armed=True, stopped_at__isnull=True, remaining__isnull=True)
                | Q(armed=False, stopped_at__isnull=True, remaining__isnull=False)
                | Q(armed=False, stopped_at__isnull=False),
                name="timer_armed_paused_or_stopped",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, stop_reason="")
                | (Q(stopped_at__isnull=False) & ~Q(stop_reason="")),
                name="timer_stopped_with_reason",
            ),
            models.CheckConstraint(condition=Q(next_try_at__gte=F("due_at")), name="timer_never_tried_early"),
            models.CheckConstraint(
                condition=Q(ladder__len__gte=1, ladder__len__lte=MAX_RUNGS), name="timer_ladder_bounded"
            ),
            models.CheckConstraint(
                condition=Q(repeat_every__isnull=True) | Q(repeat_every__gte=SHORTEST_REPEAT),
                name="timer_repeat_not_too_short",
            ),
            models.CheckConstraint(condition=Q(epoch__gte=1), name="timer_epoch_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} {self.target} {self.clock} #{self.epoch}"


class Escalation(models.Model):
    """One rung of one timer that fired; the primary key is the proof that it fired once."""

    pk = models.CompositePrimaryKey("timer_id", "rung")
    timer = models.ForeignKey(Timer, on_delete=models.PROTECT, related_name="escalations", db_index=False)
    rung = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fired_at__gte=F("due_at")), name="escalation_never_early"),
        ]

    def __str__(self) -> str:
        return f"timer {self.timer_id} rung {self.rung}"


class EngineHeartbeat(models.Model):
    """The last sign of life of one sweeping process, with its host's uptime clock at that instant."""

    name = models.CharField(max_length=64, primary_key=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    boot_id = models.CharField(max_length=64, blank=True)
    boot_seconds = models.FloatField()
    fired = models.PositiveBigIntegerField(default=0)
    skipped = models.PositiveBigIntegerField(default=0)
    quarantined = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} at {self.beat_at}"


class SweepGap(models.Model):
    """A span of time in which no process swept; found and recorded by the first one that sweeps again."""

    id = models.BigAutoField(primary_key=True)
    started_at = models.DateTimeField(unique=True)
    ended_at = models.DateTimeField()
    noted_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gt=F("started_at")), name="sweep_gap_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.started_at} to {self.ended_at}"


class HoldReason(models.TextChoices):
    """The reason of a hold on firing."""

    CLOCK_JUMP = "clock_jump", "clock jump"


class FiringHold(models.Model):
    """While one row is open nothing fires: an escalation fired too early cannot be taken back."""

    id = models.BigAutoField(primary_key=True)
    reason = models.CharField(max_length=32, choices=HoldReason.choices)
    since = models.DateTimeField()
    jump = models.DurationField()
    seen_by = models.CharField(max_length=64)
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reason"], condition=Q(released_at__isnull=True), name="firing_hold_open"),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by="")
                | (Q(released_at__isnull=False) & ~Q(released_by="")),
                name="firing_hold_released_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} since {self.since}"
