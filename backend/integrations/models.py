"""Service accounts, by which other programs use the API: their secrets and calls, the order of events, webhooks."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from backend.common.identities import IdentityOf
from backend.organisation.models import Bureau, Person, School
from backend.organisation.scopes import Scope
from backend.workflow.models import Ticket, TicketEvent

LONGEST_NAME = 60
LONGEST_OPERATION = 160
LONGEST_ADDRESS = 300
LONGEST_REASON = 60


class ServiceAccount(models.Model):
    """Another program that a school or bureau lets in to some operations until a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    bureau = models.ForeignKey(Bureau, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=LONGEST_NAME)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope))
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(school__isnull=False, bureau__isnull=True) | Q(school__isnull=True, bureau__isnull=False),
                name="service_account_of_school_or_bureau",
            ),
            models.UniqueConstraint(
                Coalesce("school", "bureau"),
                IdentityOf("name"),
                condition=Q(revoked_at=None),
                name="service_account_name_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceSecret(models.Model):
    """A secret of a service account, of which a hash is kept; while it is exchanged there are two."""

    account = models.ForeignKey(ServiceAccount, on_delete=models.PROTECT, related_name="secrets")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, help_text="When it stops, because another one was made.")

    def __str__(self) -> str:
        return f"{self.account_id} {self.made_at:%F}"


class ServiceCall(models.Model):
    """The count of calls of one operation by a service account on one day (UTC) for one person, without contents."""

    account = models.ForeignKey(ServiceAccount, on_delete=models.PROTECT, related_name="calls", db_index=False)
    day = models.DateField()
    operation = models.CharField(max_length=LONGEST_OPERATION, help_text="Its method and address, without any id.")
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    count = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "day", "operation", "person"], nulls_distinct=False, name="service_call_of_day"
            )
        ]
        indexes = [
            models.Index(fields=["account", "-last_at", "id"], name="service_call_latest"),
            models.Index(fields=["day"], name="service_call_age"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%F} {self.operation}"


class FeedEntry(models.Model):
    """The place of an event of the ledger in the order in which it can be read, one after the other."""

    position = models.BigAutoField(primary_key=True)
    event = models.OneToOneField(TicketEvent, on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    entered_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["school", "position"], name="feed_of_school"),
            models.Index(fields=["entered_at"], name="feed_age"),
        ]

    def __str__(self) -> str:
        return str(self.position)


class Webhook(models.Model):
    """An address of another program to which events are sent that its service account may know of."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(ServiceAccount, on_delete=models.PROTECT, related_name="webhooks")
    address = models.CharField(max_length=LONGEST_ADDRESS)
    types = ArrayField(models.CharField(max_length=20))
    is_on = models.BooleanField(default=True)
    refused_at = models.DateTimeField(null=True, help_text="When it answered 410 and was switched off for that.")
    made_at = models.DateTimeField()
    secret = models.CharField(max_length=300, help_text="Sealed.")
    secret_made_at = models.DateTimeField()
    former_secret = models.CharField(max_length=300, blank=True, default="", help_text="Sealed.")
    former_until = models.DateTimeField(null=True, help_text="Until then messages are signed with the former one too.")

    def __str__(self) -> str:
        return self.address


class WebhookDelivery(models.Model):
    """A message on its way to a webhook: which event, how often it was tried, and how that went; never its contents."""

    class Status(models.TextChoices):
        """The stages of a delivery."""

        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    event = models.ForeignKey(TicketEvent, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    message_id = models.UUIDField(help_text="The event's own id; of a test one of its own.")
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, help_text="Empty once nothing more will be tried.")
    last_error = models.CharField(max_length=LONGEST_REASON, blank=True, default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["webhook", "message_id"], name="webhook_delivery_once")]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="webhook_due", condition=Q(next_attempt_at__isnull=False)),
            models.Index(
                fields=["webhook", "next_attempt_at", "id"],
                name="webhook_due_of_one",
                condition=Q(next_attempt_at__isnull=False),
            ),
            models.Index(fields=["webhook", "-created_at", "id"], name="webhook_latest"),
            models.Index(fields=["created_at"], name="webhook_delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.status}"
