"""The people of a school as its portal keeps them: their ids there, what it would change, and who may bring it."""

import uuid

from django.db import models
from django.db.models import Q

from backend.integrations.models import ServiceAccount
from backend.organisation.models import Person, School, Unit

LONGEST_ID = 120


class PeopleSource(models.Model):
    """The leave of a school for one program to bring its staff; without one only its administrator does."""

    school = models.OneToOneField(School, primary_key=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(ServiceAccount, null=True, on_delete=models.PROTECT, related_name="+")
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.account or "–")


class SourcedPerson(models.Model):
    """Somebody of a school by their id in its portal: so a new name or staff number is the same person."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    sourced_id = models.CharField(max_length=LONGEST_ID)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField(null=True, help_text="When they left there.")
    is_removed = models.BooleanField(default=False, db_default=False, help_text="The portal took them away one by one.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "sourced_id"], name="sourced_person_once")]

    def __str__(self) -> str:
        return self.sourced_id


class SourcedUnit(models.Model):
    """An office or class of a school by its id in the portal."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    sourced_id = models.CharField(max_length=LONGEST_ID)
    unit = models.OneToOneField(Unit, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "sourced_id"], name="sourced_unit_once")]

    def __str__(self) -> str:
        return self.sourced_id


class PeopleSync(models.Model):
    """A roster that was looked at, what it would change, and what became of it."""

    class State(models.TextChoices):
        """The states of a sync."""

        PREVIEW = "preview"
        WAITING = "waiting"
        DONE = "done"
        OUTDATED = "outdated"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(ServiceAccount, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PREVIEW)
    digest = models.CharField(max_length=64)
    roster = models.JSONField(null=True, help_text="The staff as they were sent, until they were taken in.")
    counts = models.JSONField(default=dict)
    applied_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    despite_guard = models.BooleanField(default=False)
    applied_at = models.DateTimeField(null=True, help_text="When somebody said that it is to be taken in.")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(account__isnull=False) | Q(made_by__isnull=False), name="people_sync_by_somebody"
            )
        ]
        indexes = [
            models.Index(fields=["school", "-made_at", "id"], name="people_sync_latest"),
            models.Index(fields=["made_at"], name="people_sync_kept", condition=Q(roster__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%F %H:%M} {self.state}"
