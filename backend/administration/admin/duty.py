"""Duty shifts and the people in them."""

from datetime import datetime
from typing import Any

from django.contrib.admin import display
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BooleanField
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import PaginationInlineFormSet

from backend.administration.base import ConfigurationAdmin, column
from backend.administration.forms import ConfigurationForm
from backend.administration.inlines import ConfigurationInline
from backend.administration.proving import AsksProof
from backend.administration.scope import administrator
from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.duty.models import DutyShift, DutySlot
from backend.duty.services.contact import contacts_end
from backend.duty.services.rosters import ShiftOver, shift_check
from backend.duty.services.shift_news import ShiftState, shift_changed_tell, shift_state
from backend.duty.shift_rules import ShiftDraft, SlotDraft


class ShiftForm(ConfigurationForm):
    """A shift; one that is over stays as it was, and one is planned for people who are away only on purpose."""

    although_away = BooleanField(
        required=False,
        label=_("Also if somebody in it is away then"),
        help_text=_("Tick this only when you know better: who is away is skipped and not called."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse to change a shift that is over."""
        cleaned = super().clean()
        ended_at: datetime | None = self.initial.get("ends_at")
        if self.instance.pk and ended_at is not None and ended_at <= database_now():
            raise ValidationError(ShiftOver.title)
        return cleaned


class SlotFormSet(PaginationInlineFormSet):  # type: ignore[misc]
    """The people of a shift, checked together with it by the rules of every other door."""

    def clean(self) -> None:
        """Refuse what the service would refuse: too long, nobody to lead, somebody twice or from elsewhere."""
        super().clean()
        shift: DutyShift = self.instance
        if any(self.errors) or not shift.kind or None in {shift.starts_at, shift.ends_at}:
            return
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        slots = [SlotDraft(DutySlot.Part(row["part"]), row["person"].pk) for row in rows]
        is_meant = "although_away" in self.data
        draft = ShiftDraft(DutyShift.Kind(shift.kind), shift.place_id, shift.starts_at, shift.ends_at, slots, is_meant)
        try:
            shift_check(shift=shift, draft=draft, now=database_now())
        except DomainError as error:
            raise ValidationError(str(error)) from error


class SlotInline(ConfigurationInline):
    """The people of a shift: its leader and those who serve."""

    model = DutySlot
    formset = SlotFormSet
    fields = ("part", "person")
    related = ("shift", "person")


class DutyShiftAdmin(AsksProof, ConfigurationAdmin):
    """One turn of duty."""

    form = ShiftForm
    bureau = "bureau"
    related = ("place", "school", "bureau")
    list_display = (column("kind"), column("starts_at"), column("ends_at"), column("place"), "leaders")
    list_filter = ("kind",)
    fields = ("school", "bureau", "kind", "place", "starts_at", "ends_at", "although_away")
    inlines = (SlotInline,)
    ordering = ("-starts_at", "id")
    may_delete = True

    def has_delete_permission(self, request: HttpRequest, obj: DutyShift | None = None) -> bool:
        """Let a shift be taken back until it begins; afterwards who was on duty stays on record."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.starts_at > database_now())

    def get_queryset(self, request: HttpRequest) -> QuerySet[DutyShift]:
        """Return the shifts with the people in them, in two queries."""
        return super().get_queryset(request).prefetch_related("slots__person")

    def save_model(self, request: HttpRequest, obj: DutyShift, form: Any, change: bool) -> None:
        """Save the shift, and remember on the form how it was."""
        form.before = shift_state(shift=obj) if change else None
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the people, tell those whose duty came, went or moved, and give a changed shift its next version."""
        super().save_related(request, form, formsets, change)
        self._tell(request, form.before, shift_state(shift=form.instance))
        if change and (form.has_changed() or any(rows.has_changed() for rows in formsets)):
            form.instance.version += 1
            form.instance.save(update_fields=["version"])

    def delete_model(self, request: HttpRequest, obj: DutyShift) -> None:
        """Take back a shift, and tell those who were in it."""
        before = shift_state(shift=obj)
        contacts_end(shift_id=obj.id, now=database_now())
        super().delete_model(request, obj)
        self._tell(request, before, None)

    def _tell(self, request: HttpRequest, before: ShiftState | None, after: ShiftState | None) -> None:
        actor = administrator(request)
        if actor is None:
            raise Http404
        shift_changed_tell(by=actor, before=before, after=after, now=database_now())

    @display(description=_("Led by"))
    def leaders(self, row: DutyShift) -> str:
        """Return who leads the shift."""
        return "、".join(slot.person.name for slot in row.slots.all() if slot.part == DutySlot.Part.LEADER)
