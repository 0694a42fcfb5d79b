"""The parameters of the log: a day, or who is inside; there is none for a name or a number plate."""

from datetime import date

from django.db.models import QuerySet
from django_filters import FilterSet

from backend.common.filtering import DayFilter, FlagFilter
from backend.gate.models import GateVisit
from backend.gate.selectors import school_of_gate, visits_of_day


class VisitFilters(FilterSet):  # type: ignore[misc]
    """The parameters of the log."""

    day = DayFilter(method="of_day", label="Only those who came on this day, by the school's clock.")
    inside = FlagFilter(field_name="is_inside", label="Only those who are inside, or are not.")

    class Meta:
        model = GateVisit
        fields: list[str] = []

    def of_day(self, visits: QuerySet[GateVisit], _name: str, day: date) -> QuerySet[GateVisit]:
        """Keep those of a day."""
        school = school_of_gate(actor=self.request.parser_context["view"].actor)
        return visits_of_day(visits=visits, school=school, day=day)
