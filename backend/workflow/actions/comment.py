"""Commenting: whoever sees the ticket adds words to it; nothing else changes."""

from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.merging import merge_of
from backend.workflow.recipients import Audience
from backend.workflow.relation_groups import EVERYBODY
from backend.workflow.states import State


def _effect(change: TicketChange, _said: Reasoned) -> None:
    heard_where_merged(change=change)


def heard_where_merged(*, change: TicketChange) -> None:
    """Have those hear who work on it: of one that was merged that is whoever has the other ticket."""
    if change.ticket.state == State.MERGED:
        target = merge_of(ticket=change.ticket).into
        people = Audience(tickets=[target], now=change.now).in_charge(target, change.actor_id)
        change.tells_of(target.id, people)


COMMENT = Action(
    name="comment",
    order=190,
    sources=frozenset(State),
    allowed=EVERYBODY,
    said=Reasoned,
    effect=_effect,
    told=Told(reporter=True, assignee=True),
    checks_version=False,
    remark_only=True,
)
