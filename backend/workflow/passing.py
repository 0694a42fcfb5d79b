"""Passing a ticket on by correcting it: to the office that answers for it then, or to and from the case team."""

from typing import Any

from backend.organisation.models import Unit
from backend.rulebook.ruleset import ClockName, Confidentiality
from backend.workflow.change import TicketChange, changed_drafts
from backend.workflow.facts import parts_open
from backend.workflow.handing import OFFERABLE, OFFERED, office_offer, office_takes
from backend.workflow.offices import first_owner, office_give, offices_load
from backend.workflow.parts import PART_ASKED, part_decided
from backend.workflow.policy import Relation, relations_of
from backend.workflow.proposals import decline_proposal_end
from backend.workflow.recipients import Audience
from backend.workflow.relation_groups import HANDED
from backend.workflow.states import State

Changes = dict[str, dict[str, Any]]

DECIDE = frozenset({Relation.COORDINATOR, Relation.LEADER, Relation.SEAL_KEEPER})
"""Those whose correction is their decision on whose the ticket is; one by anybody else is an offer."""


def pass_on(*, change: TicketChange, changes: Changes) -> Changes:
    """Pass a ticket that is classed anew on to the office that answers for it now; return its change of office.

    The case team has it, or is rid of it, at once. Another category offers it to another office or, by those above,
    gives it to that office, exactly as by hand; what is not routed yet, or solved, stays where it is.
    """
    ticket = change.ticket
    is_for_case_team = Confidentiality.K2 in changes.get("class", {}).values()
    if not is_for_case_team and ("category" not in changes or State(ticket.state) not in HANDED):
        return {}
    owner, before = _answering(change), ticket.owner_id
    if owner.id == before:
        return {}
    if is_for_case_team:
        office_give(ticket=ticket, office=owner)
        decline_proposal_end(change=change)
    elif relations_of(actor=change.actor, ticket=ticket) & DECIDE:
        part_decided(change=change, office=owner, words=_reason(change))
        office_takes(change=change, office=owner)
    else:
        _offer(change, owner)
        return {}
    return {"office": {"from": str(before), "to": str(owner.id)}}


def _answering(change: TicketChange) -> Unit:
    """Return the office that answers for it now; before it is routed the one that routes it, or the case team."""
    ticket = change.ticket
    is_received = ticket.state == State.RECEIVED
    office = None if is_received else offices_load(tickets=[ticket], now=change.now).answering_for(ticket)
    return office or first_owner(school=ticket.school, confidentiality=Confidentiality(ticket.confidentiality))


def _offer(change: TicketChange, office: Unit) -> None:
    """Offer it to an office as by hand, or raise why that cannot be; one that is offered to it already goes on so."""
    if any(offer.office_id == office.id for offer in parts_open(change.situation, ClockName.OFFER)):
        return
    refusal = next((fact.refusal for fact in OFFERABLE if not fact.holds(change.situation)), None)
    if refusal is not None:
        raise refusal
    change.is_passed_on = True
    heads = office_offer(change=change, office=office, words=_reason(change))
    asked = {name: change.body.pop(name) for name in PART_ASKED}
    change.record(OFFERED, note=_reason(change), office=str(office.id), **asked)
    told = Audience(tickets=[change.ticket], now=change.now).without(change.ticket, heads, change.actor_id)
    change.after += changed_drafts(event=change.recorded[-1].event, people=told)


def _reason(change: TicketChange) -> str:
    words: str = change.body.get("note", "")
    return words
