"""Linking a ticket to another one: they belong together, or one follows from the other; both stay as they are."""

from dataclasses import dataclass

from backend.workflow.action import Action
from backend.workflow.action_input import ActionInput, kept_choice, ticket
from backend.workflow.change import TicketChange
from backend.workflow.links import link_make, other_to_link
from backend.workflow.models import LinkKind
from backend.workflow.relation_groups import CORRECTORS
from backend.workflow.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkInput(ActionInput):
    """The other ticket, and how they belong together."""

    other: str = ticket(required=True)
    link_as: LinkKind | None = kept_choice(LinkKind, when=lambda _ticket: True)


def _effect(change: TicketChange, said: LinkInput) -> None:
    """Keep the link; the event does not say with which ticket, since not everybody who reads it may know of that."""
    other = other_to_link(change=change, named=said.other)
    link_make(change=change, ticket=change.ticket, other=other, kind=said.link_as or LinkKind.RELATED)


LINK = Action(
    name="link",
    order=186,
    sources=frozenset(State),
    allowed=CORRECTORS,
    said=LinkInput,
    effect=_effect,
    in_bulk=False,
)
