"""Duty rosters (who leads and who serves in a shift, who took it over), absences, calendar feeds, contact tests."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.timezone import get_current_timezone

from backend.common.moments import moment_in
from backend.organisation.models import Bureau, Person, Place, School


class DutyShift(models.Model):
    """One turn of duty, from one instant until another; leaders are reachable as `duty_leader` while it lasts."""

    class Kind(models.TextChoices):
        """The sorts of roster."""

        WEEK = "week"
        NOON = "noon"
        GATE = "gate"
        NIGHT = "night"
        HOLIDAY = "holiday"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, null=True, blank=True, on_delete=models.CASCADE, related_name="shifts")
    bureau = models.ForeignKey(Bureau, null=True, blank=True, on_delete=models.CASCADE, related_name="shifts")
    kind = models.CharField(max_length=10, choices=Kind)
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    unmanned_told_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the keepers heard that nobody serves; empty otherwise."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(school__isnull=False, bureau__isnull=True) | Q(school__isnull=True, bureau__isnull=False),
                name="shift_at_school_or_bureau",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_start"),
            models.UniqueConstraint(
                fields=["school", "bureau", "kind", "place", "starts_at"], nulls_distinct=False, name="shift_once"
            ),
        ]
        indexes = [
            models.Index(fields=["school", "ends_at", "starts_at"]),
            models.Index(fields=["bureau", "ends_at", "starts_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {moment_in(at=self.starts_at, zone=get_current_timezone())}"


class DutySlot(models.Model):
    """One person's part in a shift."""

    class Part(models.TextChoices):
        """The person's part in the shift."""

        LEADER = "leader"
        TEACHER = "teacher"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shift = models.ForeignKey(DutyShift, on_delete=models.CASCADE, related_name="slots")
    part = models.CharField(max_length=10, choices=Part)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="duty_slots")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shift", "person"], name="duty_slot_once_per_person")]

    def __str__(self) -> str:
        return f"{self.part} {self.shift}"


class DutySwap(models.Model):
    """A slot that went from one person to another, with the note handed over; it stays when its slot goes."""

    shift = models.ForeignKey(
        DutyShift,
        null=True,
        on_delete=models.CASCADE,
        related_name="swaps",
        help_text="Empty in rows that the version before wrote while this column was added; their slot leads to it.",
    )
    slot = models.ForeignKey(DutySlot, null=True, on_delete=models.SET_NULL, related_name="swaps")
    given_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=1000)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    swapped_at = models.DateTimeField()
    is_emergency = models.BooleanField(default=False, help_text="Taken over at once, without asking the holder.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(given_by=F("taken_by")), name="duty_swap_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.shift_id} {moment_in(at=self.swapped_at, zone=get_current_timezone())}"


class Absence(models.Model):
    """A time in which a person cannot be reached; the ladder skips them at once."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="absence_ends_after_start"),
        ]
        indexes = [models.Index(fields=["person", "ends_at"])]

    def __str__(self) -> str:
        zone = get_current_timezone()
        since, until = moment_in(at=self.starts_at, zone=zone), moment_in(at=self.ends_at, zone=zone)
        return f"{self.person} {since}–{until}"


class DutyFeed(models.Model):
    """A private address at which a calendar program reads one person's duty; only a hash of its token is stored."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="duty_feed")
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.person_id)


class ContactRule(models.Model):
    """The time before a sort of shift begins at which its people are asked whether they can be reached."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=DutyShift.Kind)
    before = models.PositiveSmallIntegerField(help_text="So many minutes before a shift begins; 0: it is off.")
    within = models.PositiveSmallIntegerField(help_text="In so many minutes they answer.")
    set_by = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="Nobody: a file did."
    )
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "kind"], name="contact_rule_once"),
            models.CheckConstraint(condition=Q(within__gte=5, within__lte=60), name="contact_within_the_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.kind}"


class ContactTest(models.Model):
    """That somebody on a roster was asked whether they can be reached, and when they answered; no position is asked.

    `asked_by` nobody: the school's rule did. Whoever has not answered by `due_at` is asked about nothing of that shift
    until they do, or somebody who keeps the rosters takes the test back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shift = models.ForeignKey(DutyShift, on_delete=models.CASCADE, related_name="contact_tests", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    taken_back_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was taken back.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(due_at__gt=F("asked_at")), name="contact_leaves_time"),
            models.UniqueConstraint(
                fields=["shift", "person"], condition=Q(asked_by__isnull=True), name="contact_planned_once"
            ),
            models.UniqueConstraint(
                fields=["shift", "person"],
                condition=Q(answered_at__isnull=True, taken_back_at__isnull=True),
                name="contact_waits_once",
            ),
        ]
        indexes = [models.Index(fields=["person", "-asked_at"], name="contact_of_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.shift_id}"

    @property
    def is_late(self) -> bool:
        """That it was answered after its time."""
        return self.answered_at is not None and self.answered_at > self.due_at

    @property
    def is_over(self) -> bool:
        """That nothing is waited for any more."""
        return self.answered_at is not None or self.taken_back_at is not None
