"""Proposals that a second person decides, to decline a ticket or to open it to more people: how they end."""

from backend.workflow.change import TicketChange
from backend.workflow.models import DeclineProposal, SealProposal


def proposer_hears(*, change: TicketChange, proposal: DeclineProposal | SealProposal | None) -> None:
    """Have whoever made a proposal hear of the change."""
    if proposal:
        change.tells([proposal.proposed_by_id])


def decline_proposal_end(*, change: TicketChange) -> None:
    """Let an open proposal to decline a ticket, if there is one, be over: it is decided, or the ticket goes on."""
    if proposal := change.ticket.declining:
        proposal.ended_at = change.now
        change.keeps(proposal)
        change.ticket.declining = None


def lowering_end(*, change: TicketChange) -> None:
    """Let an open proposal to open a ticket to more people be over: decided, replaced, or out of date.

    It is stored at once, because another may take its place in the same change.
    """
    if proposal := change.ticket.lowering:
        proposal.ended_at = change.now
        proposal.save(update_fields=["ended_at"])
        change.ticket.lowering = None
