"""Reads of a school's telephone numbers."""

from django.db.models import F, QuerySet

from backend.organisation.actors import Actor
from backend.organisation.models import TelephoneNumber


def telephone_numbers(*, actor: Actor) -> QuerySet[TelephoneNumber]:
    """Return the numbers of the actor's school, those of no office first, then office by office."""
    rows = TelephoneNumber.objects.filter(school=actor.school_scope).select_related("unit")
    return rows.order_by(F("unit__code").asc(nulls_first=True), "name_zh", "id")
