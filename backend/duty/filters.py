"""The parameters of the lists of shifts and absences; every filter narrows what the reader may see."""

from django_filters import ChoiceFilter, Filter, FilterSet, UUIDFilter

from backend.common.filtering import InstantFilter
from backend.duty.models import Absence, DutyShift


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

    class Meta:
        model = DutyShift
        fields: list[str] = []


class AbsenceFilters(SpanFilters):
    """The parameters of the list of absences."""

    person = UUIDFilter(field_name="person_id")

    class Meta:
        model = Absence
        fields: list[str] = []
