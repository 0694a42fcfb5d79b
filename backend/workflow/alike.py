"""Tickets that may be about the same problem as another one, for whoever could merge it into one of them."""

from datetime import timedelta

from backend.organisation.actors import Actor
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import Ticket
from backend.workflow.policy import relations_of
from backend.workflow.relation_groups import CORRECTORS
from backend.workflow.selectors import tickets_of_offices
from backend.workflow.states import OVER

WITHIN = timedelta(days=30)
"""So long before it one about the same may have been reported."""
MOST_ALIKE = 5
MOST_LOOKED_AT = 20


def tickets_alike_before(*, actor: Actor, ticket: Ticket) -> list[Ticket]:
    """Return open tickets of the same category and place that were reported before a ticket, the latest first.

    Only those into which the actor may merge it; of class K2 none is suggested. Few statements, none without a place.
    """
    if ticket.place_id is None or ticket.confidentiality == Confidentiality.K2:
        return []
    found = tickets_of_offices(actor=actor).filter(
        school=ticket.school_id,
        place=ticket.place_id,
        category=ticket.category,
        is_exercise=ticket.is_exercise,
        filed_at__lte=ticket.filed_at,
        filed_at__gte=ticket.filed_at - WITHIN,
    )
    rows = found.exclude(state__in=OVER).exclude(confidentiality=Confidentiality.K2).exclude(id=ticket.id)
    earlier = list(rows.order_by("-filed_at", "id")[:MOST_LOOKED_AT])
    own = [row for row in earlier if not relations_of(actor=actor, ticket=row).isdisjoint(CORRECTORS)]
    return own[:MOST_ALIKE]
