"""Merging: two reports are about one problem, so the later one goes on in the earlier one and rests itself."""

from dataclasses import dataclass

from backend.rulebook.ruleset import ClockName, Confidentiality
from backend.workflow.action import Action, Told
from backend.workflow.action_input import ActionInput, flag, ticket
from backend.workflow.change import TicketChange
from backend.workflow.errors import FixerCannotVerify
from backend.workflow.facts import EVERYBODY_TOLD, NOTHING_MERGED_HERE, parts_open
from backend.workflow.ledger import Sensitivity
from backend.workflow.merge_errors import MergedIntoClosed, MergedIntoItself, MergingIsNotYours, MergingIsThePrincipals
from backend.workflow.merging import check_can_be_one, ticket_meant
from backend.workflow.models import Ticket, TicketMerge
from backend.workflow.policy import Relation, relations_of
from backend.workflow.proposals import decline_proposal_end, lowering_end
from backend.workflow.relation_groups import CORRECTORS, UNSOLVED
from backend.workflow.selectors import ticket_lock_beside
from backend.workflow.states import OVER, State
from backend.workflow.taking_in import taken_in
from backend.workflow.waiting import WAIT_ENDED, wait_end

CLOSERS = frozenset({Relation.COORDINATOR, Relation.LEADER})
"""Those at work who may verify what others did: to merge into a ticket that is over ends a problem as that does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeInput(ActionInput):
    """The ticket that it is merged into; one that is over only on purpose, by whoever could verify it."""

    into: str = ticket(required=True)
    although_closed: bool = flag()


def _effect(change: TicketChange, said: MergeInput) -> None:
    merged = change.ticket
    target = _target(change, said)
    change.keeps(
        TicketMerge(
            ticket=merged,
            into=target,
            merged_by_id=change.actor.person_id,
            merged_at=change.now,
            state_before=State.IN_PROGRESS if merged.state == State.WAITING else merged.state,
        )
    )
    decline_proposal_end(change=change)
    lowering_end(change=change)
    wait_end(change=change, ended_at=change.now)
    change.says(into=str(target.id))
    # What they demanded lapses unanswered.
    change.tells(order.asked_by_id for order in parts_open(change.situation, ClockName.ORDER) if order.asked_by_id)
    change.others.append(taken_in(change=change, target=target, by=change.actor_id))


def _target(change: TicketChange, said: MergeInput) -> Ticket:
    merged, actor = change.ticket, change.actor
    meant = ticket_meant(actor=actor, named=said.into)
    if meant == merged.id:
        raise MergedIntoItself(pointer="/into")
    target = ticket_lock_beside(actor=actor, ticket_id=meant)
    check_can_be_one(actor=actor, ticket=merged, target=target)
    if target.state in OVER:
        if relations_of(actor=actor, ticket=merged).isdisjoint(CLOSERS):
            is_sealed = merged.confidentiality == Confidentiality.K2
            raise (MergingIsThePrincipals if is_sealed else MergingIsNotYours)(pointer="/into")
        if not said.although_closed:
            raise MergedIntoClosed(pointer="/although_closed")
        if actor.person_id in merged.workers:
            # Their work would be over without anybody having looked at it.
            raise FixerCannotVerify(pointer="/into")
    return target


MERGE = Action(
    name="merge",
    order=182,
    sources=UNSOLVED,
    target=State.MERGED,
    allowed=CORRECTORS,
    facts=(NOTHING_MERGED_HERE, EVERYBODY_TOLD),
    said=MergeInput,
    effect=_effect,
    records={**dict.fromkeys(("into", "changes"), Sensitivity.PLAIN), **WAIT_ENDED},
    told=Told(reporter=True, assignee=True),
    in_bulk=False,
)
