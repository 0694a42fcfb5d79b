"""Duty shifts and the people in them."""

from typing import Any

from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backend.administration.base import ConfigurationAdmin, ConfigurationInline, column
from backend.duty.models import DutyShift, DutySlot


class SlotInline(ConfigurationInline):
    """The people of a shift: its leader and those who serve."""

    model = DutySlot
    fields = ("part", "person")
    related = ("shift", "person")


class DutyShiftAdmin(ConfigurationAdmin):
    """One turn of duty."""

    bureau = "bureau"
    related = ("place", "school", "bureau")
    list_display = (column("kind"), column("starts_at"), column("ends_at"), column("place"), "leaders")
    list_filter = ("kind",)
    fields = ("school", "bureau", "kind", "place", "starts_at", "ends_at")
    inlines = (SlotInline,)
    ordering = ("-starts_at", "id")
    may_delete = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[DutyShift]:
        """Return the shifts with the people in them, in two queries."""
        return super().get_queryset(request).prefetch_related("slots__person")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the people and give a changed shift its next version."""
        super().save_related(request, form, formsets, change)
        if change and (form.has_changed() or any(rows.has_changed() for rows in formsets)):
            form.instance.version += 1
            form.instance.save(update_fields=["version"])

    @display(description=_("Led by"))
    def leaders(self, row: DutyShift) -> str:
        """Return who leads the shift."""
        return "、".join(slot.person.name for slot in row.slots.all() if slot.part == DutySlot.Part.LEADER)
