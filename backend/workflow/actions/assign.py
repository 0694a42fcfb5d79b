"""Assigning: somebody of the office that owns the ticket takes it on."""

from dataclasses import dataclass
from uuid import UUID

from backend.organisation.selectors import colleagues
from backend.workflow.action import Action, Told
from backend.workflow.action_input import ActionInput, person
from backend.workflow.change import TicketChange
from backend.workflow.errors import AssigneeOutsideOffice
from backend.workflow.relation_groups import HEADS, UNSOLVED
from backend.workflow.selectors import concerned_in


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignInput(ActionInput):
    """The person who takes it on."""

    assignee_id: UUID | None = person(name="assignee", required=True)


def _effect(change: TicketChange, said: AssignInput) -> None:
    ticket = change.ticket
    owners = colleagues(actor=change.actor, unit_id=ticket.owner_id, now=change.now) if change.actor else []
    chosen = next((person for person in owners if person.id == said.assignee_id), None)
    if chosen is None or chosen.id in concerned_in(ticket_ids=[ticket.id])[ticket.id]:
        raise AssigneeOutsideOffice(pointer="/assignee")
    ticket.assignee = chosen


ASSIGN = Action(
    name="assign",
    order=20,
    sources=UNSOLVED,
    allowed=HEADS,
    said=AssignInput,
    effect=_effect,
    told=Told(assignee=True),
)
