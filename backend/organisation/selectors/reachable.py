"""The rule of who may be reached at all: nobody whose account is closed, and nobody who has left.

Somebody has left once every post they ever held is over; who never held one, as a guest on a roster, has not.
This is the one place that decides it, for composed statements and for those that are written out.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from backend.organisation.models import Appointment


def may_be_reached(*, at: datetime | Now) -> Q:
    """Return the condition for people who may be reached at an instant."""
    held = Appointment.objects.filter(person=OuterRef("pk"))
    lasting = held.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
    return (Q(user__isnull=True) | Q(user__is_active=True)) & (Exists(lasting) | ~Exists(held))


def account_closed_sql(person_id: str) -> str:
    """Return the SQL that says whether somebody's account is closed."""
    return (
        "EXISTS(SELECT FROM organisation_person AS closed JOIN accounts_user AS its ON its.id = closed.user_id"
        f" WHERE closed.id = {person_id} AND NOT its.is_active)"
    )


def leaves_at_sql(person_id: str) -> str:
    """Return the SQL of the instant at which somebody leaves: infinity where none is known, NULL without any post."""
    every = f"organisation_appointment AS every WHERE every.person_id = {person_id}"
    return f"(SELECT max(coalesce(every.ends_at, 'infinity')) FROM {every})"  # noqa: S608 - names of our own


def may_be_reached_sql(person_id: str, at: str) -> str:
    """Return the SQL of `may_be_reached` for a person's id and an instant."""
    return f"(NOT {account_closed_sql(person_id)} AND ({leaves_at_sql(person_id)} <= {at}) IS NOT TRUE)"
