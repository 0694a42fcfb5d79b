"""Undoing a link: the two tickets do not belong together after all."""

from dataclasses import dataclass

from backend.workflow.action import Action
from backend.workflow.action_input import ActionInput, ticket
from backend.workflow.change import TicketChange
from backend.workflow.facts import HAS_LINKS
from backend.workflow.links import link_undo
from backend.workflow.relation_groups import CORRECTORS
from backend.workflow.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkInput(ActionInput):
    """The ticket that it is no longer linked with."""

    linked: str = ticket(required=True)


def _effect(change: TicketChange, said: UnlinkInput) -> None:
    link_undo(change=change, named=said.linked)


UNLINK = Action(
    name="unlink",
    order=187,
    sources=frozenset(State),
    allowed=CORRECTORS,
    facts=(HAS_LINKS,),
    said=UnlinkInput,
    effect=_effect,
    in_bulk=False,
)
