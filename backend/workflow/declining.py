"""Proposals to decline a ticket: ending one, and telling whoever made it what became of it."""

from backend.workflow.change import TicketChange


def proposal_end(*, change: TicketChange) -> None:
    """Let an open proposal to decline a ticket, if there is one, be over: it is decided, or the ticket goes on."""
    if proposal := change.ticket.declining:
        proposal.ended_at = change.now
        change.keeps(proposal)
        change.ticket.declining = None


def proposer_hears(*, change: TicketChange) -> None:
    """Have whoever proposed to decline a ticket hear of the change."""
    if proposal := change.ticket.declining:
        change.tells([proposal.proposed_by_id])
