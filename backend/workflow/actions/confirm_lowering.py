"""Confirming that a confidential ticket is opened to more people: by somebody other than whoever proposed it."""

from dataclasses import replace

from backend.rulebook.ruleset import Confidentiality
from backend.workflow.action import Action, Told
from backend.workflow.action_input import ActionInput
from backend.workflow.change import TicketChange
from backend.workflow.correcting import CORRECTED, category_of, changes_of, classing_of, correct
from backend.workflow.errors import ProposerCannotConfirm
from backend.workflow.facts import LOWERING_PROPOSED
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import NOT_MERGED
from backend.workflow.waiting import WAIT_ENDED


def _effect(change: TicketChange, _said: ActionInput) -> None:
    ticket, present = change.ticket, classing_of(change.ticket)
    proposal = ticket.lowering
    if proposal is None:
        raise AssertionError("the facts of the action ask for a proposal")
    wanted = replace(present, category=proposal.category, confidentiality=Confidentiality(proposal.confidentiality))
    category = category_of(ticket, proposal.category)
    correct(change=change, wanted=wanted, category=category, changes=changes_of(present, wanted))


CONFIRM_LOWERING = Action(
    name="confirm-lowering",
    order=134,
    sources=NOT_MERGED,
    allowed=frozenset({Relation.SEAL_KEEPER}),
    refused={Relation.SEAL_PROPOSER: ProposerCannotConfirm},
    facts=(LOWERING_PROPOSED,),
    said=ActionInput,
    effect=_effect,
    records={**CORRECTED, **WAIT_ENDED},
    told=Told(assignee=True),
    in_bulk=False,
    asks_proof=True,
)
