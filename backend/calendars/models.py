"""Calendars: when somebody works, with terms, holidays and days that differ."""

from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from backend.calendars.rules import EARLIEST, LATEST
from backend.common.named import Named

WITHIN_REACH = (MinValueValidator(EARLIEST), MaxValueValidator(LATEST))

LONG_MONTHS = (1, 3, 5, 7, 8, 10, 12)


class Calendar(Named):
    """The working hours of a school, by the clock where it is used: a weekly template, and days that differ from it."""

    version = models.PositiveIntegerField(default=1)
    published_until = models.DateField(
        validators=WITHIN_REACH, help_text="After this day holidays are not known yet; times are provisional."
    )


class Term(Named):
    """A school term, both days included."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="terms")
    first = models.DateField(validators=WITHIN_REACH)
    last = models.DateField(validators=WITHIN_REACH)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "first"], name="term_once"),
            models.CheckConstraint(condition=Q(last__gt=F("first")), name="term_ends_after_beginning"),
        ]


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
    first = models.DateField(validators=WITHIN_REACH)
    last = models.DateField(validators=WITHIN_REACH)
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


class YearlyHoliday(models.Model):
    """A day on which nobody works in any year, such as a founding day; a day set for one year goes first."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="yearly")
    month = models.PositiveSmallIntegerField()
    day_of_month = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "month", "day_of_month"], name="yearly_holiday_once"),
            models.CheckConstraint(
                condition=Q(month__in=LONG_MONTHS, day_of_month__range=(1, 31))
                | Q(month__in=(4, 6, 9, 11), day_of_month__range=(1, 30))
                | Q(month=2, day_of_month__range=(1, 29)),
                name="yearly_holiday_in_a_year",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:02}-{self.day_of_month:02}"


class CalendarDay(models.Model):
    """A day of its own: a holiday, a make-up day worked as another weekday, or a half day with hours of its own."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days")
    day = models.DateField(validators=WITHIN_REACH)
    works_as_weekday = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Empty, and no hours either: nobody works."
    )
    opens = models.TimeField(null=True, blank=True, help_text="Hours of this day alone, instead of a weekday's.")
    closes = models.TimeField(null=True, blank=True)
    note = models.CharField(max_length=120, blank=True)
    is_published = models.BooleanField(
        default=False, help_text="From the public table of holidays; a day the school sets itself is never overwritten."
    )

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
