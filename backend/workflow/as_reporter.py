"""The events that reporters make: only there a reporter whose name is not open goes without one. Pure."""

from backend.workflow.actions import FOR_PEOPLE
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.policy import Relation
from backend.workflow.system_events import AMENDED, FILE_ADDED, FILE_REMOVED, OPENED

OF_REPORTER = {Relation.REPORTER, Relation.QUESTIONED}
# Work is for others than reporters. Taken out of it, a name would be known by its absence: the ticket says whose it is.
REPORTERS_EVENTS = frozenset(
    {
        *(OPENED.name, AMENDED.name, FILE_ADDED.name, FILE_REMOVED.name),
        *(action.name for action in FOR_PEOPLE if not action.allowed.isdisjoint(OF_REPORTER)),
    }
)


def is_reporters_own(*, event: TicketEvent, ticket: Ticket) -> bool:
    """Say whether somebody did this who reported the ticket, and reporters do such things."""
    return event.kind in REPORTERS_EVENTS and event.actor_id == ticket.reporter_id
