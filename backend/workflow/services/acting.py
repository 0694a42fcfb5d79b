"""A person acts on a ticket."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import transaction

from backend.organisation.actors import Actor
from backend.workflow.action import Action
from backend.workflow.action_input import SaidT
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.errors import EvidenceMissing
from backend.workflow.merging import reporters_merged
from backend.workflow.models import Ticket
from backend.workflow.policy import Relation, relations_of
from backend.workflow.recipients import Audience
from backend.workflow.relation_groups import OWNERS
from backend.workflow.selectors import ticket_lock


class Lock(Protocol):
    """A selector that returns a ticket the actor may know of, locked, or raises NotFound."""

    def __call__(self, *, actor: Actor, ticket_id: UUID) -> Ticket:
        """Lock it."""
        ...


def any_version(_version: int) -> None:
    """Expect no particular version."""


@transaction.atomic(savepoint=False)
def ticket_act_on(
    *,
    actor: Actor,
    ticket_id: UUID,
    action: Action[SaidT],
    said: Callable[[], SaidT],
    now: datetime,
    expects: Callable[[int], None] = any_version,
    lock: Lock = ticket_lock,
) -> Ticket:
    """Take an action on a ticket and return it as it is afterwards; a refusal is a DomainError and changes nothing.

    The order of refusals is the same on every door: NotFound for a ticket the actor may not know of, then whatever
    `expects` raises for the version it finds, then what is wrong with the words (`said` reads them), then who may and
    what has to hold, then what is missing.
    """
    ticket = lock(actor=actor, ticket_id=ticket_id)
    if action.checks_version:
        expects(ticket.version)
    words = said()
    change = TicketChange(ticket=ticket, by=actor, now=now, moves=not action.remark_only)
    action_take(change=change, action=action, words=words, relations=relations_of(actor=actor, ticket=ticket))
    return ticket


def action_take(*, change: TicketChange, action: Action[SaidT], words: SaidT, relations: frozenset[Relation]) -> None:
    """Carry out and store what somebody with these relations does with these words, or raise why they cannot."""
    _check(change, action, words, relations)
    is_owners_own = not action.passes_on and _acts_as_owner(change, relations)
    if not action.remark_only:
        change.ticket.paged = []
    change.says(**words.body())
    owner = change.ticket.owner_id
    action.effect(change, words)
    if is_owners_own and not change.is_passed_on and change.ticket.owner_id == owner:
        change.owner_heard()
    if action.is_work:
        change.worked()
    if action.target is not None:
        change.ticket.state = action.target
    change.settle(action.event, restarts=action.restarts)
    _tell(change, action)
    changes_store(changes=change.with_others(), now=change.now)


def _check(change: TicketChange, action: Action[SaidT], words: SaidT, relations: frozenset[Relation]) -> None:
    refusal = action.refusal(situation=change.situation, relations=relations)
    if refusal is not None:
        raise refusal
    if missing := words.missing(change.ticket):
        raise EvidenceMissing(pointer=f"/{missing}")


def _acts_as_owner(change: TicketChange, relations: frozenset[Relation]) -> bool:
    """Say whether what the actor does is the owner's own act, which ends their silence.

    The owner is whoever it is assigned to, so that nobody hides behind colleagues; of one that nobody has taken on it
    is anybody of its office, of class K2 the case's lead.
    """
    if change.ticket.assignee_id is not None:
        return change.actor_id == change.ticket.assignee_id
    return not OWNERS.isdisjoint(relations)


def _tell(change: TicketChange, action: Action[SaidT]) -> None:
    """Have those hear of it whom the action always tells; of those its effect named, nobody the ticket concerns."""
    audience = Audience(tickets=[change.ticket], now=change.now)
    told = audience.of_action(change.ticket, action.told, change.actor_id)
    change.people = told | audience.without(change.ticket, change.people, change.actor_id)
    if change.ticket.merged_here and action.told.reporter and action.told.reporter_of(change.ticket):
        # They know it by the ticket of their own report, and hear of it there.
        for merged_id, reporter_id in reporters_merged(ticket=change.ticket):
            change.tells_of(merged_id, audience.without(change.ticket, [reporter_id], change.actor_id))
