"""Merging tickets and undoing it, by docs/adr/0039 alone."""

from datetime import datetime

from tools.prove.simulate.asking import loses_promise
from tools.prove.simulate.oracle import Oracle
from tools.prove.simulate.same import classed
from tools.prove.simulate.told import OVER, TicketTold


def merge_refusal(oracle: Oracle, ticket: TicketTold, target: TicketTold, *, step: int, is_fixer: bool) -> str:
    """Return the code with which a merge is refused, empty where it is not: a later one goes into an earlier.

    `step`: that from which whoever merges promises; `is_fixer`: they worked on the ticket themselves, so they do not
    end it by merging it into one that is over.
    """
    if any(other.merged_into is ticket for other in oracle.tickets.values()):
        return "others_merged_here"
    if ticket.untold:
        return "somebody_untold"
    if refusal := _target_refusal(oracle, ticket, target):
        return refusal
    if is_fixer and target.state in OVER:
        return "fixer_cannot_verify"
    return "promise_would_be_lost" * loses_promise(ticket, target, step)


def _target_refusal(oracle: Oracle, ticket: TicketTold, target: TicketTold) -> str:
    if ticket is target:
        return "merged_into_itself"
    if target.state == "merged":
        return "merged_already"
    if oracle.rulebook.is_sealed(ticket.category) != oracle.rulebook.is_sealed(target.category):
        return "cannot_be_one"
    return "earlier_one_leads" if (ticket.filed_at, ticket.key) < (target.filed_at, target.key) else ""


def merged(oracle: Oracle, ticket: TicketTold, target: TicketTold, at: datetime) -> None:
    """Take note that a ticket rests from now on, and that the other becomes as urgent as both."""
    before = "in_progress" if ticket.state == "waiting" else ticket.state
    oracle.acted(ticket, "merge", at)
    ticket.state_before, ticket.merged_into, ticket.merged_at = before, target, at
    classed(target, target.category, ticket.secrecy, oracle.tickets.values())
    if target.state not in OVER and ticket.severity < target.severity:
        oracle.reclassified(target, category=target.category, severity=ticket.severity, at=at)


def unmerged(oracle: Oracle, ticket: TicketTold, at: datetime) -> None:
    """Take note that it is another problem after all: its clocks run again, counted from its own filing."""
    oracle.asking.back(ticket, lapsed_at=ticket.merged_at)
    ticket.silent_from = at
    ticket.state, ticket.merged_into, ticket.merged_at = ticket.state_before, None, None
    oracle.follow(ticket)
