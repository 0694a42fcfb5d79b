"""Splitting: a report tells of two problems, so the second one becomes a ticket of its own."""

from dataclasses import dataclass
from uuid import UUID

from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, code, place
from backend.workflow.change import TicketChange
from backend.workflow.links import link_make
from backend.workflow.models import LinkKind
from backend.workflow.relation_groups import CORRECTORS, UNSOLVED
from backend.workflow.splitting import split_off


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitInput(Reasoned):
    """The second problem in words, with its own category and place where these differ."""

    category: str | None = code(longest=10)
    place_id: UUID | None = place(name="place")


def _effect(change: TicketChange, said: SplitInput) -> None:
    second = split_off(change=change, category=said.category, place_id=said.place_id, words=said.note)
    link_make(change=change, ticket=second, other=change.ticket, kind=LinkKind.FOLLOWS)


SPLIT = Action(
    name="split",
    order=185,
    sources=UNSOLVED,
    allowed=CORRECTORS,
    said=SplitInput,
    effect=_effect,
    told=Told(reporter=True),
    in_bulk=False,
)
