"""Standing high enough to change what was promised on a ticket, or to take back what was demanded. Pure."""

from backend.organisation.actors import Actor
from backend.organisation.roles import Role
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.models import PromisedDate, PromiseStep, Ticket, TicketPart


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


def may_withdraw(*, actor: Actor, order: TicketPart) -> bool:
    """Say whether somebody gave a supervision order, or stands above whoever did: the principal, over all the bureau.

    What somebody of the bureau demanded only the bureau takes back.
    """
    if order.asked_by_id == actor.person_id or actor.holds(Role.BUREAU_OFFICER):
        return True
    is_of_school = order.asked_by is not None and order.asked_by.bureau_id is None
    return is_of_school and actor.holds(Role.PRINCIPAL, Role.BOARD_CHAIR)
