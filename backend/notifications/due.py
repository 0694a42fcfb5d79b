"""The head of the queue of deliveries; the relay asks it, which needs nothing else of this room."""

from datetime import datetime

from backend.notifications.models import Delivery


def deliveries_due() -> datetime | None:
    """Return since when the oldest delivery that is still to be made is due, perhaps in the future; None for none."""
    open_ones = Delivery.objects.filter(next_attempt_at__isnull=False).order_by("next_attempt_at")
    return open_ones.values_list("next_attempt_at", flat=True).first()
