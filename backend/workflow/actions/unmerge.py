"""Undoing a merge: it is another problem after all, so the ticket is back, its clocks counted from its own filing."""

from backend.organisation.roles import Role
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.facts import MERGED_LATELY
from backend.workflow.ledger import Sensitivity
from backend.workflow.merging import merge_of, tickets_lock_beside
from backend.workflow.offices import assignee_left
from backend.workflow.parts import parts_resume
from backend.workflow.recipients import Audience
from backend.workflow.relation_groups import CORRECTORS, OPEN
from backend.workflow.states import State
from backend.workflow.system_events import UNMERGED_HERE


def _effect(change: TicketChange, _said: Reasoned) -> None:
    merge = merge_of(ticket=change.ticket)
    merge.ended_at = change.now
    change.keeps(merge)
    change.ticket.state = merge.state_before
    change.says(out_of=str(merge.into_id))
    assignee_left(ticket=change.ticket, now=change.now)
    parts_resume(change=change, lapsed_at=merge.merged_at)
    # What was merged before it was routed was passed over meanwhile; what was routed already stays as it is.
    change.routes_again()
    (target,) = tickets_lock_beside(ticket_ids=[merge.into_id])
    left = TicketChange(ticket=target, by=change.by, now=change.now, moves=False)
    left.says(ticket=str(change.ticket.id))
    left.people = Audience(tickets=[target], now=change.now).in_charge(target, change.actor_id, reporter=True)
    left.settle(UNMERGED_HERE)
    change.others.append(left)


UNMERGE = Action(
    name="unmerge",
    order=184,
    sources=frozenset({State.MERGED}),
    leads_back_to=OPEN,
    allowed=CORRECTORS,
    facts=(MERGED_LATELY,),
    said=Reasoned,
    effect=_effect,
    records={"out_of": Sensitivity.PLAIN},
    told=Told(reporter=True, assignee=True, role=Role.OFFICE_HEAD),
    in_bulk=False,
)
