"""Storing and withdrawing grants, by which a ticket is opened to people told in a role that does not open it."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from backend.organisation.models import Appointment
from backend.workflow.models import Ticket, TicketGrant


def grants_store(grants: Sequence[TicketGrant], now: datetime) -> None:
    """Store grants; one of the same term stays as it is, one of a former term is over."""
    standing = TicketGrant.objects.filter(
        ticket__in={grant.ticket_id for grant in grants},
        person__in={grant.person_id for grant in grants},
        until__isnull=True,
    )
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    same_term = Appointment.objects.filter(
        lasting, person=OuterRef("person"), post__role=OuterRef("role"), starts_at__lte=OuterRef("since")
    )
    standing.filter(~Exists(same_term)).update(until=now)
    TicketGrant.objects.bulk_create(grants, ignore_conflicts=True)


def grants_withdraw(*, ticket: Ticket, now: datetime) -> None:
    """Close a ticket to everybody to whom it was opened."""
    TicketGrant.objects.filter(ticket=ticket, until=None).update(until=now)
