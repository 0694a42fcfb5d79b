"""Forgetting who was at a training, three years after it stopped counting; how many they were stays."""

from datetime import datetime, timedelta

from backend.training.models import NAMES_KEPT, StaffAttendance, TrainingDue

ONE_DAY = timedelta(days=1)


def names_forget(*, now: datetime) -> None:
    """Delete what names people and is over; a day later than it may, since the database counts days in its own zone."""
    StaffAttendance.objects.filter(kept_until__lt=now.date() - ONE_DAY).delete()
    TrainingDue.objects.filter(closed_at__lt=now - NAMES_KEPT - ONE_DAY).delete()
