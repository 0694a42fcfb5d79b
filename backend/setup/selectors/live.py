"""Reads of the checks before going live; they are for operators and scoped to nobody."""

from datetime import datetime

from backend.organisation.models import ContactChannel, School
from backend.organisation.roles import Role
from backend.organisation.selectors.people import appointments_in_force


def schools_all() -> list[School]:
    """Return every school with its bureau, in the order of their codes."""
    return list(School.objects.select_related("bureau").order_by("code"))


def school_exists() -> bool:
    """Say whether any school is set up, so that somebody can have an account."""
    return School.objects.exists()


def administrators_reached(*, now: datetime) -> list[str]:
    """Return the addresses that administrators have confirmed, the oldest first."""
    held = appointments_in_force(at=now).filter(post__role=Role.ADMINISTRATOR)
    channels = ContactChannel.objects.filter(person__in=held.values("person_id"), kind=ContactChannel.Kind.EMAIL)
    return list(channels.filter(verified_at__isnull=False).order_by("verified_at").values_list("address", flat=True))
