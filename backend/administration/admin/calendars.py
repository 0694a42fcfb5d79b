"""Calendars: terms, weekly hours, days of their own, and holidays with the hours of those on duty."""

from typing import Any

from django.http import HttpRequest

from backend.administration.base import ConfigurationAdmin, ConfigurationInline, column
from backend.organisation.models import CalendarDay, CalendarPeriod, DutyHours, Term, WorkingHours
from backend.organisation.services.calendars import calendar_raise_version


class TermInline(ConfigurationInline):
    """The school's terms."""

    model = Term
    fields = ("name_zh", "name_en", "first", "last")
    ordering = ("first",)


class HoursInline(ConfigurationInline):
    """The weekly hours."""

    model = WorkingHours
    fields = ("weekday", "opens", "closes")
    ordering = ("weekday", "opens")


class DayInline(ConfigurationInline):
    """Holidays, make-up days and half days."""

    model = CalendarDay
    fields = ("day", "works_as_weekday", "opens", "closes", "note", "is_published")
    readonly_fields = ("is_published",)
    ordering = ("day",)


class PeriodInline(ConfigurationInline):
    """Holidays with duty hours; the hours stand on a page of their own."""

    model = CalendarPeriod
    fields = ("first", "last", "note")
    ordering = ("first",)
    show_change_link = True


class CalendarAdmin(ConfigurationAdmin):
    """When a school works; whatever changes here gives the calendar its next version."""

    related = ("school",)
    list_display = (column("name"), column("published_until"), column("version"))
    fields = ("school", "name_zh", "name_en", "published_until", "version")
    readonly_fields = ("version",)
    inlines = (TermInline, HoursInline, PeriodInline, DayInline)
    ordering = ("name_zh", "id")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Let a calendar be added where there is none."""
        return super().has_add_permission(request) and not self.get_queryset(request).exists()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the rows below and raise the version, if anything changed."""
        super().save_related(request, form, formsets, change)
        if change and (form.has_changed() or any(rows.has_changed() for rows in formsets)):
            calendar_raise_version(calendar=form.instance)


class DutyHoursInline(ConfigurationInline):
    """The hours of those on duty."""

    model = DutyHours
    fields = ("weekday", "opens", "closes")
    ordering = ("weekday", "opens")


class CalendarPeriodAdmin(ConfigurationAdmin):
    """A holiday and the hours of those on duty in it."""

    school = "calendar__school"
    related = ("calendar__school",)
    list_display = (column("first"), column("last"), column("note"))
    list_display_links = ("first", "last")
    fields = ("calendar", "first", "last", "note")
    inlines = (DutyHoursInline,)
    ordering = ("-first", "id")
    may_delete = True

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the hours and raise the calendar's version, if anything changed."""
        super().save_related(request, form, formsets, change)
        if form.has_changed() or any(rows.has_changed() for rows in formsets):
            calendar_raise_version(calendar=form.instance.calendar)

    def delete_model(self, request: HttpRequest, obj: CalendarPeriod) -> None:
        """Delete the holiday and raise the calendar's version."""
        super().delete_model(request, obj)
        calendar_raise_version(calendar=obj.calendar)
