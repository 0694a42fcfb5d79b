"""Resolving: the office says that it is solved; somebody else verifies it."""

from dataclasses import dataclass
from decimal import Decimal

from backend.organisation.roles import Role
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, kept_choice, number
from backend.workflow.change import TicketChange
from backend.workflow.errors import EvidenceMissing
from backend.workflow.facts import SUBTASKS_SETTLED
from backend.workflow.fixing import asks_measurement, files_check, is_hazard, proof_asked
from backend.workflow.models import Control, MeasuredIn, TicketFix
from backend.workflow.promises import promise_solved
from backend.workflow.proposals import decline_proposal_end
from backend.workflow.relation_groups import OWNERS
from backend.workflow.states import State
from backend.workflow.steps import step_solved
from backend.workflow.waiting import WAIT_ENDED, wait_end


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveInput(Reasoned):
    """The words about a fix: of a hazard the control that was used, and the value measured where one is asked for."""

    control: Control | None = kept_choice(Control, when=is_hazard)
    measured: Decimal | None = number(when=asks_measurement)
    unit: MeasuredIn | None = kept_choice(MeasuredIn, when=asks_measurement)


def solve(change: TicketChange, said: ResolveInput) -> None:
    """Keep how it was solved, and end what only goes on until then."""
    ticket, now = change.ticket, change.now
    change.keeps(_fix(change, said))
    ticket.resolved_at = now
    ticket.contained_at = ticket.contained_at or now
    decline_proposal_end(change=change)
    wait_end(change=change, ended_at=now)
    if ticket.part_count:
        promise_solved(change=change)
        step_solved(change=change)


def _fix(change: TicketChange, said: ResolveInput) -> TicketFix:
    ticket, asked = change.ticket, proof_asked(change.ticket)
    if (said.measured is None) != (said.unit is None):
        raise EvidenceMissing(pointer="/unit" if said.unit is None else "/measured")
    files_check(ticket=ticket, asked=asked, with_coming=True)
    return TicketFix(
        ticket=ticket,
        at=change.now,
        control=said.control or "",
        measured=said.measured,
        unit=said.unit or "",
        proof=list(asked),
    )


RESOLVE = Action(
    name="resolve",
    order=70,
    sources=frozenset({State.IN_PROGRESS, State.WAITING}),
    target=State.RESOLVED,
    allowed=OWNERS,
    facts=(SUBTASKS_SETTLED,),
    said=ResolveInput,
    effect=solve,
    records=WAIT_ENDED,
    event_version=2,
    told=Told(reporter=True, role=Role.COORDINATOR, sealed_role=Role.PRINCIPAL),
    is_work=True,
    takes_files=True,
)
