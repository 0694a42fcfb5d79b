"""Confirming: the reporter says in one tap that it is solved; where nobody has checked it yet, that is the check."""

from dataclasses import dataclass

from backend.workflow.action import Action, Told
from backend.workflow.action_input import ActionInput, flag
from backend.workflow.change import TicketChange
from backend.workflow.doubtful_words import doubt_check
from backend.workflow.errors import FixerCannotVerify
from backend.workflow.facts import EVERYBODY_TOLD, NOT_CLOSED_LONG_AGO, NOT_CONFIRMED, WAS_RESOLVED
from backend.workflow.fixing import fix_check
from backend.workflow.parts import PART_ASKED
from backend.workflow.policy import Relation
from backend.workflow.reviewing import review_ask
from backend.workflow.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmInput(ActionInput):
    """Nothing but the tap; words that say it is not solved are taken only on purpose."""

    although_doubtful: bool = flag()


def _effect(change: TicketChange, said: ConfirmInput) -> None:
    doubt_check(note=said.note, is_meant=said.although_doubtful)
    ticket = change.ticket
    ticket.confirmed_at = change.now
    if ticket.state == State.RESOLVED:
        fix_check(ticket=ticket)
        ticket.closed_at = change.now
        review_ask(change=change)


CONFIRM = Action(
    name="confirm",
    order=78,
    sources=frozenset({State.RESOLVED, State.CLOSED}),
    target=State.CLOSED,
    allowed=frozenset({Relation.REPORTER}),
    refused={Relation.FIXER: FixerCannotVerify},
    facts=(WAS_RESOLVED, NOT_CONFIRMED, NOT_CLOSED_LONG_AGO, EVERYBODY_TOLD),
    said=ConfirmInput,
    effect=_effect,
    records=PART_ASKED,
    event_version=2,
    # Those hear who reported the same and was merged into it: whoever confirms is not told of it themselves.
    told=Told(reporter=True, reporter_of=lambda ticket: ticket.closed_at == ticket.confirmed_at, assignee=True),
)
