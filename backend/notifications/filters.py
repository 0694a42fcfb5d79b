"""By what the list of deliveries can be filtered."""

from django_filters.rest_framework import ChoiceFilter, FilterSet

from backend.notifications.models import Delivery


class DeliveryFilter(FilterSet):  # type: ignore[misc]
    """The parameters of the list of deliveries; without a status it holds the failed ones."""

    status = ChoiceFilter(choices=Delivery.Status.choices)

    class Meta:
        model = Delivery
        fields = ["status"]
