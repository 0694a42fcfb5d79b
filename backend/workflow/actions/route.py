"""Routing, the system's own action: the office that answers for the category takes the ticket."""

from backend.organisation.models import Unit
from backend.workflow.action import Action
from backend.workflow.action_input import ActionInput
from backend.workflow.change import TicketChange
from backend.workflow.handing import asked_end
from backend.workflow.ledger import Sensitivity
from backend.workflow.offices import office_give
from backend.workflow.policy import Relation
from backend.workflow.states import State

ROUTE = Action(
    name="route",
    order=0,
    sources=frozenset({State.RECEIVED}),
    target=State.ROUTED,
    allowed=frozenset({Relation.SYSTEM}),
    said=ActionInput,
    records={
        **dict.fromkeys(("office", "found", "led_by"), Sensitivity.PLAIN),
        "opened_to": Sensitivity.PERSON,
    },
    event_version=2,
)


def route(*, change: TicketChange, office: Unit | None) -> None:
    """Give a locked ticket to the office that answers for it (None: it stays where it is); the caller lets it settle.

    One that somebody acknowledged meanwhile keeps its state; what they offered to another office is over.
    """
    ticket = change.ticket
    if office is not None and office_give(ticket=ticket, office=office) and ticket.part_count:
        asked_end(change=change)
    if ticket.state in ROUTE.sources:
        ticket.state = State.ROUTED
    change.says(office=str(ticket.owner_id), found=office is not None)
