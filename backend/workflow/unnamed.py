"""Tickets whose reporter gave no name: they are followed with a tracking code, and messages go both ways."""

from backend.workflow.facts import Fact, Situation
from backend.workflow.models import ReporterMode, Ticket
from backend.workflow.system_events import OPENED


def has_tracking_code(*, ticket: Ticket) -> bool:
    """Say whether somebody can follow a ticket with a tracking code; what was split off such a one has none.

    A ticket whose reporter is known, or keeps their name back, costs no statement.
    """
    if ticket.reporter_mode != ReporterMode.ANONYMOUS:
        return False
    return ticket.events.filter(kind=OPENED.name, actor_id=None).exists()


def _has_tracking_code(at: Situation) -> bool:
    return has_tracking_code(ticket=at.ticket)


HAS_TRACKING_CODE = Fact("reported without a name", _has_tracking_code)
