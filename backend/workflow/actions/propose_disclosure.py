"""Asking to disclose a reporter's name: the first half of a consent, by the protection lead or the principal."""

from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.disclosing import ASKED_FOR, NAME_KEEPERS
from backend.workflow.errors_of_disclosing import PartyCannotDisclose
from backend.workflow.facts_of_disclosing import NAME_KEPT_BACK, NO_CONSENT_OPEN
from backend.workflow.ledger import Sensitivity
from backend.workflow.policy import Relation
from backend.workflow.recipients import Audience
from backend.workflow.relation_groups import NOT_MERGED


def _effect(change: TicketChange, _said: Reasoned) -> None:
    """Say in which posts it is asked, and tell whoever holds the other one; nothing is opened."""
    held = NAME_KEEPERS & change.actor.roles
    change.says(roles=sorted(held))
    audience = Audience(tickets=[change.ticket], now=change.now)
    for role in sorted(NAME_KEEPERS - held) or sorted(NAME_KEEPERS):
        change.tells(audience.in_role(change.ticket, role, besides={change.actor.person_id}).people)


PROPOSE_DISCLOSURE = Action(
    name=ASKED_FOR,
    order=137,
    sources=NOT_MERGED,
    allowed=frozenset({Relation.NAME_KEEPER}),
    refused={Relation.REPORTER: PartyCannotDisclose},
    facts=(NAME_KEPT_BACK, NO_CONSENT_OPEN),
    said=Reasoned,
    effect=_effect,
    records={"roles": Sensitivity.PLAIN},
    in_bulk=False,
    asks_proof=True,
    remark_only=True,
)
