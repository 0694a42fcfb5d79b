"""By what the list of deliveries can be filtered."""

from django_filters.rest_framework import ChoiceFilter, FilterSet

from backend.notifications.models import Delivery


class DeliveryFilter(FilterSet):  # type: ignore[misc]
    """Which deliveries are asked for; without a status the failed ones."""

    status = ChoiceFilter(choices=Delivery.Status.choices)

    class Meta:
        model = Delivery
        fields = ["status"]
