"""Schools under a bureau, their units, places and calendars, and the people who hold posts in them."""

import secrets
import uuid
from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from backend.common.localised import localised
from backend.organisation.roles import UNIT_ROLES, Role


def place_token() -> str:
    """Return an unguessable token of 22 characters for the QR code of a place."""
    return secrets.token_urlsafe(16)


class Named(models.Model):
    """Something with a name in both languages."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return localised(self, "name")


class Bureau(Named):
    """The education bureau above several schools."""

    code = models.SlugField(max_length=40, unique=True)


class School(Named):
    """One school; every ticket, unit and place belongs to exactly one."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="schools")
    code = models.SlugField(max_length=40, unique=True)
    time_zone = models.CharField(max_length=60, default="Asia/Shanghai")
    intake_unit = models.ForeignKey(
        "Unit", null=True, on_delete=models.PROTECT, related_name="+", help_text="Owns a ticket until it is routed."
    )
    protection_unit = models.ForeignKey(
        "Unit", null=True, on_delete=models.PROTECT, related_name="+", help_text="Owns tickets of class K2."
    )


class Unit(Named):
    """An office, grade group or class of a school."""

    class Kind(models.TextChoices):
        OFFICE = "office"
        GRADE = "grade"
        CLASS = "class"

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="units")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(max_length=10, choices=Kind)
    code = models.SlugField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "code"], name="unit_code_once_per_school")]


class Place(Named):
    """Where something can happen; its owner unit looks after it, its token stands in the QR code on the wall."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="places")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="places")
    code = models.SlugField(max_length=40)
    token = models.CharField(max_length=22, unique=True, default=place_token, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "code"], name="place_code_once_per_school")]


class Person(models.Model):
    """Somebody who works at a school or at the bureau; the id is opaque and safe to keep in the ledger."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    school = models.ForeignKey(School, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    bureau = models.ForeignKey(Bureau, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="person"
    )
    name = models.CharField(max_length=80)
    staff_number = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(school__isnull=False, bureau__isnull=True) | Q(school__isnull=True, bureau__isnull=False),
                name="person_at_school_or_bureau",
            ),
            models.UniqueConstraint(
                fields=["school", "bureau", "staff_number"], nulls_distinct=False, name="staff_number_once_per_employer"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A seat that carries a role, in a unit, a school or a bureau; people are appointed to it for a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.CharField(max_length=20, choices=Role)
    school = models.ForeignKey(School, null=True, blank=True, on_delete=models.PROTECT, related_name="posts")
    bureau = models.ForeignKey(Bureau, null=True, blank=True, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="posts")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(school__isnull=False, bureau__isnull=True)
                | Q(school__isnull=True, bureau__isnull=False, unit__isnull=True),
                name="post_at_school_or_bureau",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(UNIT_ROLES), unit__isnull=False)
                | (~Q(role__in=sorted(UNIT_ROLES)) & Q(unit__isnull=True)),
                name="post_in_a_unit_by_its_role",
            ),
            models.UniqueConstraint(
                fields=["role", "school", "bureau", "unit"], nulls_distinct=False, name="post_once_per_place_of_work"
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()


class Appointment(models.Model):
    """A person on a post from one instant until another (or until further notice), as holder or as deputy."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="appointments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    is_deputy = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["post", "person", "is_deputy", "starts_at"], name="appointment_once_per_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.post}"


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
        return f"{self.person} {self.starts_at:%F}–{self.ends_at:%F}"


class ContactChannel(models.Model):
    """A way to reach a person; it counts only after it has been verified."""

    class Kind(models.TextChoices):
        EMAIL = "email"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="channels")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.EMAIL)
    address = models.CharField(max_length=254)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind", "address"], name="channel_once_per_person")]

    def __str__(self) -> str:
        return self.address


class Calendar(Named):
    """When a school works: a weekly template, periods and days that differ from it, in the school's time zone."""

    school = models.OneToOneField(School, on_delete=models.CASCADE, related_name="calendar")
    version = models.PositiveIntegerField(default=1)
    published_until = models.DateField(help_text="After this day holidays are not known yet; times are provisional.")


class WeeklyHours(models.Model):
    """One stretch of working time on one weekday (0 = Monday); closing at 00:00 is the midnight that ends the day."""

    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="%(class)s_on_a_weekday"),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) | Q(closes=time.min), name="%(class)s_close_after_opening"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}–{self.closes:%H:%M}"


class WorkingHours(WeeklyHours):
    """Hours of the weekly template."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="hours")


class CalendarPeriod(models.Model):
    """A run of days, such as the summer holiday, in which its own weekly hours (of those on duty) hold."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="periods")
    first = models.DateField()
    last = models.DateField()
    note = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "first"], name="calendar_period_once"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="period_ends_after_beginning"),
        ]

    def __str__(self) -> str:
        return f"{self.first:%F}–{self.last:%F}"


class DutyHours(WeeklyHours):
    """Hours of a period; a weekday without any is free."""

    period = models.ForeignKey(CalendarPeriod, on_delete=models.CASCADE, related_name="hours")


class CalendarDay(models.Model):
    """A day of its own: a holiday, a make-up day worked as another weekday, or a half day with hours of its own."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    works_as_weekday = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Empty, and no hours either: nobody works."
    )
    opens = models.TimeField(null=True, blank=True, help_text="Hours of this day alone, instead of a weekday's.")
    closes = models.TimeField(null=True, blank=True)
    note = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="calendar_day_once"),
            models.CheckConstraint(
                condition=Q(works_as_weekday__isnull=True) | Q(works_as_weekday__lte=6), name="works_as_a_weekday"
            ),
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True)
                | Q(opens__isnull=False, closes__isnull=False, works_as_weekday__isnull=True),
                name="day_has_one_sort_of_hours",
            ),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) | Q(closes=time.min) | Q(closes__isnull=True),
                name="day_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%F}"
