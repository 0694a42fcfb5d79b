"""Saying how it was handled: the reporter's word after closing, in one tap, for the head of the office."""

from dataclasses import dataclass

from backend.organisation.roles import Role
from backend.workflow.action import Action, Told
from backend.workflow.action_input import ActionInput, chosen
from backend.workflow.change import TicketChange
from backend.workflow.errors import ActionNotAllowed, EvidenceMissing
from backend.workflow.facts import NOT_RATED, WAS_RESOLVED
from backend.workflow.models import Handled, TicketFeedback
from backend.workflow.policy import Relation
from backend.workflow.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class RateHandlingInput(ActionInput):
    """The word itself, and a line where somebody wants to say more."""

    handled: Handled | None = chosen(Handled)


def _effect(change: TicketChange, said: RateHandlingInput) -> None:
    if said.handled is None:
        raise EvidenceMissing(pointer="/handled")
    change.keeps(TicketFeedback(ticket=change.ticket, said_at=change.now, handled=said.handled, words=said.note))


RATE_HANDLING = Action(
    name="rate-handling",
    order=104,
    sources=frozenset({State.CLOSED}),
    allowed=frozenset({Relation.REPORTER}),
    refused={Relation.FIXER: ActionNotAllowed},
    facts=(WAS_RESOLVED, NOT_RATED),
    said=RateHandlingInput,
    effect=_effect,
    told=Told(role=Role.OFFICE_HEAD),
    remark_only=True,
    in_bulk=False,
)
