"""Proposing to open a confidential ticket to more people, by class or category; a second person decides."""

from dataclasses import dataclass

from backend.rulebook.ruleset import Confidentiality
from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned, choice, code
from backend.workflow.change import TicketChange
from backend.workflow.classing import corrected, opens_up
from backend.workflow.correcting import category_of, changes_of, check_openness, classing_of
from backend.workflow.errors import NothingToLower
from backend.workflow.facts import IS_CONFIDENTIAL
from backend.workflow.ledger import Sensitivity
from backend.workflow.models import SealProposal, TicketGrant
from backend.workflow.policy import Relation, seal_keepers
from backend.workflow.proposals import lowering_end
from backend.workflow.recipients import Audience
from backend.workflow.relation_groups import CORRECTORS, NOT_MERGED


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeLoweringInput(Reasoned):
    """The class or category that is proposed, and why; a category alone takes its own class with it."""

    category: str | None = code(longest=10)
    confidentiality: Confidentiality | None = choice(Confidentiality)


def _effect(change: TicketChange, said: ProposeLoweringInput) -> None:
    """Keep what is proposed on the ticket, in place of what was proposed before; nothing else changes until then."""
    ticket, present = change.ticket, classing_of(change.ticket)
    category = category_of(ticket, said.category or ticket.category)
    confidentiality = said.confidentiality or (category.confidentiality if said.category else present.confidentiality)
    wanted = corrected(present=present, category=category, severity=present.severity, confidentiality=confidentiality)
    check_openness(wanted, category)
    if not opens_up(present=present, wanted=wanted, before=category_of(ticket, ticket.category), after=category):
        raise NothingToLower
    lowering_end(change=change)
    ticket.lowering = SealProposal.objects.create(
        ticket=ticket,
        proposed_by_id=change.actor.person_id,
        proposed_at=change.now,
        category=wanted.category,
        confidentiality=wanted.confidentiality,
    )
    change.says(changes=changes_of(present, wanted))
    _tell(change)


def _tell(change: TicketChange) -> None:
    """Tell those who can decide; whoever stands in for one of them can open it."""
    ticket, besides = change.ticket, {change.actor.person_id}
    audience = Audience(tickets=[ticket], now=change.now)
    deciding = seal_keepers(confidentiality=ticket.confidentiality)
    answers = [audience.in_role(ticket, role, besides=besides) for role in deciding]
    change.tells(person for answer in answers for person in answer.people)
    change.opens_to(answers, TicketGrant.Reason.STANDS_IN)
    if change.grants:
        change.says(opened_to=change.opened_to)


PROPOSE_LOWERING = Action(
    name="propose-lowering",
    order=132,
    sources=NOT_MERGED,
    allowed=CORRECTORS | {Relation.ASSIGNEE},
    facts=(IS_CONFIDENTIAL,),
    said=ProposeLoweringInput,
    effect=_effect,
    records={"changes": Sensitivity.PLAIN, "opened_to": Sensitivity.PERSON},
    in_bulk=False,
    asks_proof=True,
)
