"""Promises in a change: a date is named, the promise ends when the ticket is solved, and stands again if it is not."""

from datetime import datetime

from backend.rulebook.ruleset import ClockName
from backend.workflow.asked import NAMED, dates_named, promise_open
from backend.workflow.change import TicketChange
from backend.workflow.ledger import Sensitivity
from backend.workflow.models import PartOutcome, PromisedDate, TicketPart
from backend.workflow.parts import part_resume
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import OWNERS
from backend.workflow.standing import promise_step

PROMISERS = OWNERS | {Relation.LEADER}
PROMISE_CHANGES = {"changed_times": Sensitivity.PLAIN}
"""The field of an event that says how often the date was changed by then."""


def date_name(*, change: TicketChange, promise: TicketPart, due_at: datetime, reason: str) -> None:
    """Keep a date that the actor names for a promise, with the reason, and from which step it comes."""
    named = PromisedDate(
        part=promise,
        named_by_id=change.actor.person_id,
        named_at=change.now,
        step=promise_step(actor=change.actor, ticket=change.ticket),
        due_at=due_at,
        reason=reason,
    )
    vars(promise).setdefault(NAMED, []).append(named)
    change.keeps(named)
    change.says(changed_times=len(dates_named(promise)) - 1)


def promise_solved(*, change: TicketChange) -> None:
    """Have the promise that stands end because the ticket is solved; kept or missed, as the times say."""
    promise = promise_open(change.ticket)
    if promise is not None:
        change.ends(promise, outcome=PartOutcome.DONE)


def promise_stands_again(*, change: TicketChange) -> None:
    """Have the promise that ended when the ticket was said to be solved stand again, because it was not."""
    ticket = change.ticket
    ended = TicketPart.objects.filter(ticket=ticket, kind=ClockName.PROMISE, ended_at=ticket.resolved_at)
    for promise in ended.filter(outcome=PartOutcome.DONE)[:1]:
        part_resume(change=change, part=promise)
