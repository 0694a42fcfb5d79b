"""Reads of the offices that a new school begins with and has not used since."""

from django.db.models import Exists, OuterRef, QuerySet

from backend.organisation.models import Appointment, School, Unit

STARTUP_CODES = ("safety-office", "student-protection")


def startup_offices_empty(*, school: School) -> QuerySet[Unit]:
    """Return those in which nobody has ever held a post; none before the school has entered offices of its own."""
    offices = Unit.objects.filter(school=school, kind=Unit.Kind.OFFICE)
    own = offices.exclude(code__in=STARTUP_CODES)
    held = Appointment.objects.filter(post__unit=OuterRef("pk"))
    parts = Unit.objects.filter(parent=OuterRef("pk"))
    return offices.filter(Exists(own), ~Exists(held), ~Exists(parts), code__in=STARTUP_CODES).order_by("code")
