"""Proposals to decline a ticket: forgetting one, and telling whoever made it what became of it."""

from backend.workflow.change import TicketChange
from backend.workflow.models import Ticket


def proposal_forget(*, ticket: Ticket) -> None:
    """Let a ticket know of no proposal to decline it any more; the caller saves it."""
    ticket.decline_proposed_by = None
    ticket.decline_proposed_at = None


def proposer_hears(*, change: TicketChange) -> None:
    """Have whoever proposed to decline a ticket hear of the change."""
    if proposer := change.ticket.decline_proposed_by_id:
        change.tells([proposer])
