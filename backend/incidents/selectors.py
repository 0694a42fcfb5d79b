"""Reads of reports; people see their own."""

from uuid import UUID

from django.db.models import QuerySet

from backend.common.errors import NotFound
from backend.incidents.models import Report
from backend.organisation.actors import Actor


def reports_of(*, actor: Actor) -> QuerySet[Report]:
    """Return the reports the actor filed, with the tickets they opened."""
    return Report.objects.filter(reporter=actor.person_id).select_related("ticket__owner", "place")


def report_get(*, actor: Actor, report_id: UUID) -> Report:
    """Return a report the actor filed, or NotFound."""
    report = reports_of(actor=actor).filter(id=report_id).first()
    if report is None:
        raise NotFound
    return report
