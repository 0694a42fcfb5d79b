"""Asking whoever looks after a place to make it safe, while the office that has the ticket sees to the cause."""

from backend.workflow.action import Action
from backend.workflow.action_input import ActionInput
from backend.workflow.change import TicketChange
from backend.workflow.facts import ORDINARY_CLASS, PLACE_OF_ANOTHER, ROOM_FOR_PARTS, TO_BE_MADE_SAFE
from backend.workflow.relation_groups import ABOVE, HANDED, OFFICE
from backend.workflow.supporting import SUPPORT_ASKED, subtask_ask


def _effect(change: TicketChange, said: ActionInput) -> None:
    place = change.ticket.place
    if place is not None:
        subtask_ask(change=change, office=place.owner, words=said.note, makes_safe=True)


ASK_INTERIM_CONTROL = Action(
    name="ask-interim-control",
    order=32,
    sources=HANDED,
    allowed=OFFICE | ABOVE,
    facts=(ORDINARY_CLASS, PLACE_OF_ANOTHER, TO_BE_MADE_SAFE, ROOM_FOR_PARTS),
    said=ActionInput,
    effect=_effect,
    records=SUPPORT_ASKED,
    in_bulk=False,
)
