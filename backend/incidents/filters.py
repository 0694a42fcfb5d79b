"""By what the list of one's own reports can be filtered."""

from datetime import datetime

from django.db.models import QuerySet
from django_filters.rest_framework import FilterSet

from backend.common.filtering import LOOK_BACK, InstantFilter
from backend.incidents.models import Report
from backend.incidents.selectors import reports_changed


class ReportFilters(FilterSet):  # type: ignore[misc]
    """The parameters of the list of reports."""

    updated_since = InstantFilter(
        method="changed_since",
        label="What was filed, or whose ticket changed, at this instant or later; the minute before it is answered "
        "again, and so is every report whose ticket the reporter may not open.",
    )

    class Meta:
        model = Report
        fields: list[str] = []

    def changed_since(self, reports: QuerySet[Report], _name: str, instant: datetime) -> QuerySet[Report]:
        """Keep what changed since an instant, and in the minute before."""
        return reports_changed(reports=reports, since=instant - LOOK_BACK)
