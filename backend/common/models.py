"""Rows every app leans on: the outbox, remembered answers, counted tries, signs of life, the folder of keys."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q


class OutboxMessage(models.Model):
    """Something that must happen after a commit; open until its consumer closes it as done or gives it up as failed."""

    id = models.BigAutoField(primary_key=True)
    topic = models.CharField(max_length=60)
    dedup_key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField(encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(help_text="From then on the relay wakes the consumer.")
    held_until = models.DateTimeField(null=True, blank=True, help_text="No consumer takes the message before.")
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(failed_at__isnull=True), name="outbox_done_or_failed"
            ),
        ]
        indexes = [
            models.Index(
                fields=["topic", "next_attempt_at", "id"],
                name="outbox_open_of_topic",
                condition=Q(done_at__isnull=True, failed_at__isnull=True),
            ),
            models.Index(fields=["failed_at"], name="outbox_failed", condition=Q(failed_at__isnull=False)),
            models.Index(fields=["done_at"], name="outbox_done", condition=Q(done_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.dedup_key}"


OF_ACCOUNTS = "user:"
"""The scope of an answer of the API to somebody signed in begins so."""


class IdempotencyRecord(models.Model):
    """The answer given to a request with an idempotency key, so that a repetition gets the same one."""

    scope = models.CharField(max_length=120)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField(blank=True, help_text="The JSON as it was sent; jsonb would reorder it.")
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idempotency_key_once_per_scope")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class ProcessHeartbeat(models.Model):
    """The last sign of life of a process: the instant at which it last went round its loop."""

    name = models.CharField(max_length=80, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Tries(models.Model):
    """The count of what one subject tried lately; its name is stored as a keyed hash alone."""

    key = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField()
    next_at = models.DateTimeField(help_text="A try before this is refused and does not count.")
    forget_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class SealingFolder(models.Model):
    """The mark of the folder in which the keys of confidential matters are; one row, from the first key on."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    mark = models.CharField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="sealing_folder_is_one")]

    def __str__(self) -> str:
        return self.mark
