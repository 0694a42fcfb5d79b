"""Standing high enough to change what was promised on a ticket, or to take back what was demanded or recommended."""

from collections.abc import Collection, Iterator

from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.rulebook.ruleset import ClockName, Confidentiality
from backend.workflow.asked import dates_named, parts_asked, promise_open
from backend.workflow.models import DeclineProposal, PromisedDate, PromiseStep, SealProposal, Ticket, TicketPart


def promise_step(*, actor: Actor, ticket: Ticket) -> PromiseStep:
    """Return the highest step on which somebody stands who can act on a ticket; of class K2 its lead is the head."""
    if actor.holds(Role.PRINCIPAL, Role.BOARD_CHAIR):
        return PromiseStep.PRINCIPAL
    if actor.holds(Role.VICE_PRINCIPAL):
        return PromiseStep.VICE_PRINCIPAL
    is_sealed = ticket.confidentiality == Confidentiality.K2
    heads = actor.holds(Role.PROTECTION_LEAD) if is_sealed else ticket.owner_id in actor.units(Role.OFFICE_HEAD)
    return PromiseStep.HEAD if heads else PromiseStep.OFFICE


def step_to_change(dates: list[PromisedDate]) -> PromiseStep:
    """Return the lowest step that can change the last of these dates: one higher, and after one change the highest."""
    if len(dates) > 1:
        return PromiseStep.PRINCIPAL
    return PromiseStep(min(dates[-1].step + 1, PromiseStep.PRINCIPAL))


def may_withdraw(*, actor: Actor, part: TicketPart) -> bool:
    """Say whether somebody demanded or recommended it, or stands above whoever did: the principal, over all the bureau.

    What somebody of the bureau asked for only the bureau takes back.
    """
    if part.asked_by_id == actor.person_id or actor.holds(Role.BUREAU_OFFICER):
        return True
    is_of_school = part.asked_by is not None and part.asked_by.bureau_id is None
    return is_of_school and actor.holds(Role.PRINCIPAL, Role.BOARD_CHAIR)


def promised_below(*, actor: Actor, ticket: Ticket) -> bool:
    """Say whether a date is promised on a ticket, and the actor stands high enough to change it."""
    promise = promise_open(ticket) if ticket.part_count else None
    if promise is None:
        return False
    return promise_step(actor=actor, ticket=ticket) >= step_to_change(dates_named(promise))


def merge_lowers_promise(*, ticket: Ticket, target: Ticket) -> bool:
    """Say whether merging a ticket loses what is promised on it: the target has no date as early and as hard to change.

    Else a date, or how often it was changed, would be got rid of by promising the earlier one anew.
    """
    promise = promise_open(ticket)
    if promise is None:
        return False
    other = promise_open(target)
    if other is None or other.due_at > promise.due_at:
        return True
    return step_to_change(dates_named(other)) < step_to_change(dates_named(promise))


def asked_below(actor: Actor, ticket: Ticket, *kinds: ClockName) -> bool:
    """Say whether something of these kinds is open that the actor may take back."""
    return any(may_withdraw(actor=actor, part=part) for part in _open(ticket, kinds))


def asked_by_self(actor: Actor, ticket: Ticket, kind: ClockName) -> bool:
    """Say whether something of a kind is open that the actor asked for."""
    return any(part.asked_by_id == actor.person_id for part in _open(ticket, (kind,)))


def _open(ticket: Ticket, kinds: Collection[ClockName]) -> Iterator[TicketPart]:
    asked = parts_asked(ticket) if ticket.part_count else ()
    return (part for part in asked if part.is_open and part.kind in kinds)


def proposed_by(actor: Actor, proposal: DeclineProposal | SealProposal | None) -> bool:
    """Say whether the actor made a proposal that is open."""
    return proposal is not None and proposal.proposed_by_id == actor.person_id
