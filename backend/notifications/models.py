"""Notices: what each person was told; deliveries: by which channel, and how that went; choices: what should ring."""

import uuid

from django.db import models
from django.db.models import F, Q

from backend.notifications.ringing import Group
from backend.organisation.models import ContactChannel, Person, School
from backend.workflow.models import Ticket


class SubjectKind(models.TextChoices):
    """The kinds of subject a notice can have; each has a renderer."""

    TICKET = "ticket"
    SCHOOL = "school"
    PERSON = "person"
    ROUND = "round"


class Notice(models.Model):
    """One person hears of one event of one subject, once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices", db_index=False)
    subject_kind = models.CharField(max_length=12, choices=SubjectKind)
    subject_id = models.UUIDField()
    ticket = models.ForeignKey(
        Ticket,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The subject where it is a ticket, so that the database knows that it exists.",
    )
    event_id = models.UUIDField()
    kind = models.CharField(max_length=40, help_text="The kind of the ticket's event, or the topic of the news.")
    params = models.JSONField(default=dict, help_text="What news without a ticket draws its words from.")
    instead_of = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who could not be reached, so that this person hears of it.",
    )
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "event_id"], name="notice_once_per_event"),
            models.CheckConstraint(
                condition=Q(subject_kind="ticket", ticket=F("subject_id"))
                | (~Q(subject_kind="ticket") & Q(ticket__isnull=True)),
                name="notice_ticket_is_its_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-created_at", "id"], name="notice_of_person"),
            models.Index(fields=["event_id"], name="notice_of_event"),
            models.Index(fields=["person", "read_at"], name="notice_read", condition=Q(read_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.kind


class Delivery(models.Model):
    """One notice on its way through one channel; a failed one may still be tried again, and then be sent after all."""

    class Status(models.TextChoices):
        """The stages of a delivery."""

        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"
        SKIPPED = "skipped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    school = models.ForeignKey(School, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.ForeignKey(ContactChannel, null=True, on_delete=models.SET_NULL, related_name="+")
    channel_kind = models.CharField(max_length=10, choices=ContactChannel.Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    is_urgent = models.BooleanField(default=False, help_text="Its channel rests only shortly before it.")
    rings_at = models.DateTimeField(help_text="The end of the quiet hours; from then on any message takes it along.")
    next_attempt_at = models.DateTimeField(null=True, help_text="Empty once nothing more will be tried.")
    message_id = models.UUIDField(null=True, help_text="The message that carries it, alone or with others.")
    last_error = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True, help_text="When it was passed to the next channel or person.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="delivery_once_per_channel"),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False) | (~Q(status="sent") & Q(sent_at__isnull=True)),
                name="delivery_sent_at_some_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "next_attempt_at"],
                name="delivery_open",
                condition=Q(next_attempt_at__isnull=False),
            ),
            models.Index(fields=["next_attempt_at"], name="delivery_due", condition=Q(next_attempt_at__isnull=False)),
            models.Index(fields=["channel", "-sent_at"], name="delivery_sent", condition=Q(sent_at__isnull=False)),
            models.Index(fields=["school", "status", "-created_at", "id"], name="delivery_of_school"),
            models.Index(fields=["failed_at"], name="delivery_failed", condition=Q(failed_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.channel_kind} {self.status}"


class NotificationChoice(models.Model):
    """A channel that its person has switched off for a group of messages; whatever has no row is on."""

    channel = models.ForeignKey(ContactChannel, on_delete=models.CASCADE, related_name="choices")
    group = models.CharField(max_length=12, choices=Group)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "group"], name="choice_once_per_channel")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.group}"
