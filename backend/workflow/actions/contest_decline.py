"""Contesting a declining: the reporter sees it differently, so the ticket is received and routed again.

Where people had given it to an office, that office has it again.
"""

from backend.organisation.roles import Role
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.facts import DECLINED_LATELY
from backend.workflow.handing import handed_over
from backend.workflow.ledger import Sensitivity
from backend.workflow.offices import first_owner
from backend.workflow.parts import parts_resume
from backend.workflow.policy import Relation
from backend.workflow.states import State


def _effect(change: TicketChange, _said: Reasoned) -> None:
    ticket = change.ticket
    if not (ticket.part_count and handed_over(tickets=[ticket])):
        ticket.owner = first_owner(school=ticket.school, confidentiality=Confidentiality(ticket.confidentiality))
    ticket.assignee = None
    change.says(office=str(ticket.owner_id))
    if ticket.part_count and ticket.declined_at:
        parts_resume(change=change, lapsed_at=ticket.declined_at)
    ticket.declined_at = None
    ticket.contained_at = None
    ticket.reopened_at = change.now
    ticket.last_wait = None
    change.routes_again()


CONTEST_DECLINE = Action(
    name="contest-decline",
    order=170,
    sources=frozenset({State.DECLINED}),
    target=State.RECEIVED,
    allowed=frozenset({Relation.REPORTER}),
    facts=(DECLINED_LATELY,),
    said=Reasoned,
    effect=_effect,
    records={"office": Sensitivity.PLAIN},
    event_version=2,
    told=Told(role=Role.COORDINATOR),
)
