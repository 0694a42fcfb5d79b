"""The parameters of the lists of shifts and absences; every filter narrows what the reader may see."""

from django.db.models import QuerySet
from django_filters import ChoiceFilter, Filter, FilterSet, UUIDFilter

from backend.common.clock import database_now
from backend.common.filtering import FlagFilter, InstantFilter
from backend.duty.models import Absence, DutyShift
from backend.duty.selectors.unmanned import shifts_unmanned


class SpanFilters(FilterSet):  # type: ignore[misc]
    """From when until when to look."""

    until = InstantFilter(field_name="starts_at", lookup_expr="lt", label="Only what begins before this instant.")

    @classmethod
    def get_filters(cls) -> dict[str, Filter]:
        """Add `from`, which Python does not allow as a name."""
        since = InstantFilter(field_name="ends_at", lookup_expr="gt", label="Only what ends after this instant.")
        return {"from": since, **super().get_filters()}


class ShiftFilters(SpanFilters):
    """The parameters of the list of shifts."""

    kind = ChoiceFilter(choices=DutyShift.Kind.choices)
    unmanned = FlagFilter(
        method="only_unmanned", label="Only those of the next 28 days in which nobody serves, or nobody leads."
    )

    class Meta:
        model = DutyShift
        fields: list[str] = []

    def only_unmanned(self, shifts: QuerySet[DutyShift], _name: str, value: bool) -> QuerySet[DutyShift]:
        """Keep the shifts in which nobody serves, or the others."""
        unmanned = shifts_unmanned(shifts=DutyShift.objects.all(), now=database_now()).values("id")
        return shifts.filter(id__in=unmanned) if value else shifts.exclude(id__in=unmanned)


class AbsenceFilters(SpanFilters):
    """The parameters of the list of absences."""

    person = UUIDFilter(field_name="person_id")

    class Meta:
        model = Absence
        fields: list[str] = []
