"""Calendars: terms, weekly hours, days of their own, and holidays with the hours of those on duty."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget

from backend.administration.base import ConfigurationAdmin, column
from backend.administration.forms import ConfigurationForm
from backend.administration.inlines import ConfigurationInline
from backend.administration.labels import FIELDS
from backend.calendars.models import Calendar, CalendarDay, CalendarPeriod, DutyHours, Term, WorkingHours, YearlyHoliday
from backend.calendars.services import calendar_check, calendar_raise_version
from backend.organisation.models import School
from backend.organisation.services import calendar_give


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


class YearlyInline(ConfigurationInline):
    """Days on which nobody works in any year."""

    model = YearlyHoliday
    fields = ("month", "day_of_month", "note")
    ordering = ("month", "day_of_month")


class PeriodInline(ConfigurationInline):
    """Holidays with duty hours; the hours stand on a page of their own."""

    model = CalendarPeriod
    fields = ("first", "last", "note")
    ordering = ("first",)
    show_change_link = True


class CalendarForm(ConfigurationForm):
    """A calendar; a new one is given to a school that has none, chosen by those who administer several."""

    schools: ClassVar[QuerySet[School]]
    school = ModelChoiceField(queryset=School.objects.none(), label=FIELDS["school"], widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_new = self.instance._state.adding  # noqa: SLF001
        if is_new and self.actor and self.actor.bureau_id:
            self.fields["school"].queryset = self.schools  # type: ignore[attr-defined]
        else:
            self.fields.pop("school", None)

    def school_given(self) -> School:
        """Return the school a new calendar is for."""
        chosen: School | None = self.cleaned_data.get("school")
        return chosen or self.schools.get()


class CalendarAdmin(ConfigurationAdmin):
    """The page of a school's calendar; whatever changes here gives the calendar its next version."""

    form = CalendarForm
    related = ("school",)
    list_display = (column("name"), column("published_until"), column("version"))
    fields = ("school", "name_zh", "name_en", "published_until", "version")
    readonly_fields = ("version",)
    inlines = (TermInline, HoursInline, PeriodInline, YearlyInline, DayInline)
    ordering = ("name_zh", "id")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Let a calendar be added where there is none."""
        return super().has_add_permission(request) and not self.get_queryset(request).exists()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep a calendar at its school."""
        fixed = () if obj is None else ("school",)
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form, which knows the schools without a calendar."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.schools = self.admin_site.get_model_admin(School).get_queryset(request).filter(calendar=None)
        return form

    def save_model(self, request: HttpRequest, obj: Calendar, form: Any, change: bool) -> None:
        """Save, and give a new calendar to its school."""
        if change:
            super().save_model(request, obj, form, change)
        else:
            calendar_give(school=form.school_given(), calendar=obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the rows below and raise the version, if anything changed."""
        super().save_related(request, form, formsets, change)
        if not change:
            calendar_check(calendar=form.instance)
        elif form.has_changed() or any(rows.has_changed() for rows in formsets):
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
