"""Waiting for a named party outside the school; the time to solve the ticket rests meanwhile."""

from dataclasses import dataclass

from backend.organisation.roles import Role
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, line
from backend.workflow.change import TicketChange
from backend.workflow.clocks import wait_deadline
from backend.workflow.facts import MAY_WAIT, NOT_MISSED, WAIT_LEFT
from backend.workflow.ledger import Sensitivity
from backend.workflow.models import LONGEST_PARTY, TicketWait
from backend.workflow.relation_groups import HEADS
from backend.workflow.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitInput(Reasoned):
    """For whom it waits, and why nobody here can go on without them."""

    waiting_for: str = line(required=True, longest=LONGEST_PARTY)


def _effect(change: TicketChange, said: WaitInput) -> None:
    ticket, now = change.ticket, change.now
    until = wait_deadline(ticket, since=now, now=now).due_at
    ticket.last_wait = TicketWait(ticket=ticket, party=said.waiting_for, since=now, until=until)
    change.keeps(ticket.last_wait)
    change.says(waiting_until=until.isoformat())


WAIT = Action(
    name="wait",
    order=50,
    sources=frozenset({State.IN_PROGRESS}),
    target=State.WAITING,
    allowed=HEADS,
    facts=(MAY_WAIT, NOT_MISSED, WAIT_LEFT),
    said=WaitInput,
    effect=_effect,
    records={"waiting_until": Sensitivity.PLAIN},
    told=Told(assignee=True, role=Role.OFFICE_HEAD),
    in_bulk=False,
)
