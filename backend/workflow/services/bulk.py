"""The same action on many tickets at once: each succeeds or is refused by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.common.errors import DomainError
from backend.common.preconditions import PreconditionRequired, Stale
from backend.organisation.actors import Actor
from backend.workflow.action import Action
from backend.workflow.action_input import SaidT
from backend.workflow.models import Ticket
from backend.workflow.services.acting import ticket_act_on


@dataclass(frozen=True, slots=True)
class BulkItem:
    """One ticket to act on, and the version the actor saw (None: not said)."""

    ticket_id: UUID
    version: int | None


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """The outcome of one item: the ticket as it is afterwards, or the refusal."""

    item: BulkItem
    ticket: Ticket | None
    refusal: DomainError | None


@transaction.atomic(savepoint=False)
def tickets_act(
    *, actor: Actor, items: Sequence[BulkItem], action: Action[SaidT], said: SaidT, now: datetime
) -> list[BulkOutcome]:
    """Take an action on each ticket in a savepoint of its own; the outcomes stand in the order of the items."""
    # Locked in one order by everybody, so that two of these never wait for each other.
    in_lock_order = sorted(items, key=lambda item: item.ticket_id)
    outcomes = {item.ticket_id: _outcome(actor, item, action, said, now) for item in in_lock_order}
    return [outcomes[item.ticket_id] for item in items]


def _outcome(actor: Actor, item: BulkItem, action: Action[SaidT], said: SaidT, now: datetime) -> BulkOutcome:
    try:
        with transaction.atomic():
            ticket = ticket_act_on(
                actor=actor,
                ticket_id=item.ticket_id,
                action=action,
                said=lambda: said,
                expects=lambda version: _check_version(version, item.version),
                now=now,
            )
            return BulkOutcome(item, ticket, None)
    except DomainError as refusal:
        return BulkOutcome(item, None, refusal)


def _check_version(found: int, seen: int | None) -> None:
    if seen is None:
        raise PreconditionRequired(pointer="/version")
    if seen != found:
        raise Stale(pointer="/version")
