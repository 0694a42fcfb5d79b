"""By what the list of deliveries can be filtered."""

from datetime import datetime

from django.db.models import QuerySet
from django_filters.rest_framework import ChoiceFilter, FilterSet

from backend.common.filtering import LOOK_BACK, FlagFilter, InstantFilter
from backend.notifications.models import Delivery, Notice
from backend.notifications.selectors import notices_changed


class NoticeFilter(FilterSet):  # type: ignore[misc]
    """The parameters of the list of notices."""

    unread = FlagFilter(field_name="read_at", lookup_expr="isnull", label="Only what was not read, or what was.")
    updated_since = InstantFilter(
        method="changed_since",
        label="What was told or read at this instant or later; the minute before it is answered again.",
    )

    class Meta:
        model = Notice
        fields: list[str] = []

    def changed_since(self, notices: QuerySet[Notice], _name: str, instant: datetime) -> QuerySet[Notice]:
        """Keep what was told or read since an instant, and in the minute before."""
        return notices_changed(notices=notices, since=instant - LOOK_BACK)


class DeliveryFilter(FilterSet):  # type: ignore[misc]
    """The parameters of the list of deliveries; without a status it holds the failed ones."""

    status = ChoiceFilter(choices=Delivery.Status.choices)

    class Meta:
        model = Delivery
        fields = ["status"]
