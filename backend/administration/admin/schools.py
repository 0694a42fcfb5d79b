"""Schools, their units and places, and the bureau above them."""

from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _

from backend.administration.base import ConfigurationAdmin, column
from backend.administration.forms import ConfigurationForm
from backend.administration.proving import AsksProof
from backend.administration.scope import administrator
from backend.calendars.services import calendar_raise_version
from backend.organisation.models import Bureau, Place, School
from backend.organisation.permissions import Permission


def of_the_bureau(request: HttpRequest) -> bool:
    """Say whether the reader administers for the bureau."""
    actor = administrator(request)
    return actor is not None and actor.bureau_id is not None and actor.may(Permission.CONFIGURATION_WRITE)


class SchoolForm(ConfigurationForm):
    """A school in a time zone that exists."""

    def clean_time_zone(self) -> str:
        """Refuse a time zone that nobody knows."""
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise ValidationError(_("There is no such time zone. Write it like Asia/Shanghai."))
        return zone


class SchoolAdmin(AsksProof, ConfigurationAdmin):
    """A school; only the bureau adds one."""

    school = "pk"
    form = SchoolForm
    related = ("bureau",)
    list_display = (column("name"), column("code"), column("time_zone"))
    fields = (
        *("name_zh", "name_en", "code", "kind", "time_zone", "intake_unit", "protection_unit"),
        *("emergency_police", "emergency_fire", "emergency_ambulance", "takes_anonymous", "live_at"),
    )
    readonly_fields = ("live_at",)
    ordering = ("code",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[School]:
        """Return the reader's school, or the schools of the reader's bureau."""
        actor = administrator(request)
        if actor is None:
            raise Http404
        rows: QuerySet[School] = super(ConfigurationAdmin, self).get_queryset(request)
        return rows.filter(Q(pk=actor.school_id) if actor.school_id else Q(bureau=actor.bureau_id))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Let the bureau add schools."""
        return of_the_bureau(request)

    def save_model(self, request: HttpRequest, obj: School, form: Any, change: bool) -> None:
        """Save; another time zone is another calendar."""
        if not change:
            actor = administrator(request)
            obj.bureau_id = actor.bureau_id if actor else None  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
        if "time_zone" in form.changed_data and obj.calendar:
            calendar_raise_version(calendar=obj.calendar)


class BureauAdmin(ConfigurationAdmin):
    """The bureau; its administrators name it, others read its name."""

    list_display = (column("name"), column("code"))
    fields = ("name_zh", "name_en", "code")
    may_add = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bureau]:
        """Return the bureau of the reader or of the reader's school."""
        actor = administrator(request)
        if actor is None:
            raise Http404
        rows: QuerySet[Bureau] = super(ConfigurationAdmin, self).get_queryset(request)
        return rows.filter(Q(schools=actor.school_id) if actor.school_id else Q(pk=actor.bureau_id))

    def has_change_permission(self, request: HttpRequest, obj: Bureau | None = None) -> bool:  # noqa: ARG002
        """Let the bureau change its name."""
        return of_the_bureau(request)


class UnitAdmin(ConfigurationAdmin):
    """An office, grade group or class."""

    list_display = (column("name"), column("kind"), column("code"))
    list_filter = ("kind",)
    search_fields = ("name_zh", "name_en", "code")
    fields = ("school", "name_zh", "name_en", "kind", "parent", "code")
    ordering = ("code",)
    may_delete = True


class PlaceAdmin(ConfigurationAdmin):
    """A place, with the token of its QR code."""

    related = ("owner", "parent")
    list_display = (column("name"), column("owner"), column("parent"), column("code"))
    search_fields = ("name_zh", "name_en", "code")
    fields = ("school", "name_zh", "name_en", "parent", "owner", "code", "token")
    readonly_fields = ("token",)
    ordering = ("code",)
    may_delete = True

    def choice_label(self, row: Place) -> str:
        """Return the name of the place."""
        return row.name


class TelephoneNumberAdmin(ConfigurationAdmin):
    """A telephone number meant for colleagues."""

    related = ("unit",)
    list_display = (column("name"), column("number"), column("unit"))
    search_fields = ("name_zh", "name_en", "number")
    fields = ("school", "name_zh", "name_en", "number", "unit")
    ordering = ("name_zh",)
    may_delete = True
