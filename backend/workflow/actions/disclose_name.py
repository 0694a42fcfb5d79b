"""Disclosing a reporter's name: the second half of a consent, which opens it to the two who gave it."""

from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.disclosing import DISCLOSED, consent_open, is_other_half
from backend.workflow.errors_of_disclosing import OtherHalfNeeded, PartyCannotDisclose
from backend.workflow.facts_of_disclosing import ASKED_BY_ANOTHER, CONSENT_OPEN, NAME_KEPT_BACK
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import NOT_MERGED


def _effect(change: TicketChange, _said: Reasoned) -> None:
    """Have whoever asked hear of it, and the reporter; from now on the two posts read the name."""
    consent = consent_open(ticket=change.ticket, now=change.now)
    if consent is None or not is_other_half(consent=consent, actor=change.actor):
        raise OtherHalfNeeded
    change.ticket.name_disclosed = True
    change.tells([consent.actor_id] if consent.actor_id else [])


DISCLOSE_NAME = Action(
    name=DISCLOSED,
    order=138,
    sources=NOT_MERGED,
    allowed=frozenset({Relation.NAME_KEEPER}),
    refused={Relation.REPORTER: PartyCannotDisclose},
    facts=(NAME_KEPT_BACK, CONSENT_OPEN, ASKED_BY_ANOTHER),
    said=Reasoned,
    effect=_effect,
    told=Told(reporter=True),
    in_bulk=False,
    asks_proof=True,
    remark_only=True,
)
