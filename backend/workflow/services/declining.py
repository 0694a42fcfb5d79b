"""What a decision about declining leaves on a ticket."""

from backend.workflow.models import Ticket


def proposal_forget(*, ticket: Ticket) -> None:
    """Let a ticket know of no proposal to decline it any more; the caller saves it."""
    ticket.decline_proposed_by = None
    ticket.decline_proposed_at = None
