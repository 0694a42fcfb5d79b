"""Correcting what a ticket is: severity, category, class or place; the owner and those who are told follow at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.organisation.models import Place, Unit
from backend.rulebook.ruleset import Category, Confidentiality, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, choice, code, place
from backend.workflow.change import TicketChange
from backend.workflow.classing import BY_URGENCY, Classing, corrected, is_too_open
from backend.workflow.declining import proposal_forget
from backend.workflow.errors import ClassTooOpen, LoweringNotAllowed, NothingToCorrect, UnknownCategory, UnknownPlace
from backend.workflow.event_types import Sensitivity
from backend.workflow.granting import grants_withdraw
from backend.workflow.models import Ticket, TicketGrant
from backend.workflow.offices import first_owner, office_give, offices_load
from backend.workflow.recipients import audience_load, called_in
from backend.workflow.relation_groups import CORRECTORS, LOWERERS
from backend.workflow.relations import relations_of
from backend.workflow.states import State
from backend.workflow.waiting import WAIT_ENDED, may_go_on_waiting, wait_end

Changes = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReclassifyInput(Reasoned):
    """What is to be so, and why; what is left out stays as it is."""

    category: str | None = code(longest=10)
    severity: Severity | None = choice(Severity)
    confidentiality: Confidentiality | None = choice(Confidentiality)
    place_id: UUID | None = place(name="place")


def _effect(change: TicketChange, said: ReclassifyInput) -> None:
    """Correct the ticket and give it to the office that then answers for it.

    Whoever loses sight of it thereby is not told. One that could not wait by its new rules goes on at once.
    """
    ticket = change.ticket
    present = classing_of(ticket)
    wanted, category = _wanted(change, said, present)
    changes = {**_class(ticket, present, wanted, category), **_move(ticket, said)}
    if not changes:
        raise NothingToCorrect
    changes |= _hand_over(change, changes)
    change.says(changes=changes)
    if changes.get("class", {}).get("to") == Confidentiality.K2:
        grants_withdraw(ticket=ticket, now=change.now)
    change.renews_timers = bool({"category", "severity"} & changes.keys())
    if change.renews_timers and ticket.state == State.WAITING and not may_go_on_waiting(change=change):
        ticket.state = State.IN_PROGRESS
        wait_end(change=change, ended_at=change.now)
    _tell(change, changes)


def classing_of(ticket: Ticket) -> Classing:
    """Return how a ticket is classed."""
    return Classing(ticket.category, Severity(ticket.severity), Confidentiality(ticket.confidentiality))


def _wanted(change: TicketChange, said: ReclassifyInput, present: Classing) -> tuple[Classing, Category]:
    ticket = change.ticket
    category = ruleset_get(ticket.rulebook_id).categories.get(said.category or ticket.category)
    if category is None:
        raise UnknownCategory(pointer="/category")
    wanted = corrected(present=present, category=category, severity=said.severity, confidentiality=said.confidentiality)
    if is_too_open(wanted, category):
        raise ClassTooOpen(pointer="/confidentiality")
    may_lower = change.actor is not None and relations_of(actor=change.actor, ticket=ticket) & LOWERERS
    if wanted.is_below(present) and not may_lower:
        raise LoweringNotAllowed
    return wanted, category


def _class(ticket: Ticket, present: Classing, wanted: Classing, category: Category) -> Changes:
    ticket.category, ticket.kind = wanted.category, category.kind
    ticket.severity, ticket.confidentiality = wanted.severity, wanted.confidentiality
    pairs = {
        "category": (present.category, wanted.category),
        "severity": (present.severity, wanted.severity),
        "class": (present.confidentiality, wanted.confidentiality),
    }
    return {name: {"from": before, "to": after} for name, (before, after) in pairs.items() if before != after}


def _move(ticket: Ticket, said: ReclassifyInput) -> Changes:
    if said.place_id is None or said.place_id == ticket.place_id:
        return {}
    found = Place.objects.filter(id=said.place_id, school=ticket.school_id).first()
    if found is None:
        raise UnknownPlace(pointer="/place")
    before, ticket.place = ticket.place_id, found
    return {"place": {"from": str(before) if before else None, "to": str(found.id)}}


def _hand_over(change: TicketChange, changes: Changes) -> Changes:
    ticket = change.ticket
    owner, before = _owner(change, changes), ticket.owner_id
    if owner is None or not office_give(ticket=ticket, office=owner):
        return {}
    proposal_forget(ticket=ticket)
    return {"office": {"from": str(before), "to": str(owner.id)}}


def _owner(change: TicketChange, changes: Changes) -> Unit | None:
    """Return the office that answers for it now; before it is routed only class K2 moves it."""
    ticket = change.ticket
    enters_or_leaves_protection = Confidentiality.K2 in changes.get("class", {}).values()
    is_received = ticket.state == State.RECEIVED
    if not enters_or_leaves_protection and ("category" not in changes or is_received):
        return None
    office = None if is_received else offices_load(tickets=[ticket], now=change.now).answering_for(ticket)
    return office or first_owner(school=ticket.school, confidentiality=Confidentiality(ticket.confidentiality))


def _tell(change: TicketChange, changes: Changes) -> None:
    """Tell whom it is news to: those of a new office, and those whom a higher severity calls."""
    ticket = change.ticket
    if ticket.state in {State.CLOSED, State.DECLINED} or not ("office" in changes or _is_raised(changes)):
        return
    answers = audience_load(tickets=[ticket], now=change.now).of_new(ticket)
    ticket.paged = called_in(answers)
    change.tells(person for answer in answers for person in answer.people)
    change.opens_to(answers, TicketGrant.Reason.STANDS_IN)
    if change.grants:
        change.says(opened_to=change.opened_to)


def _is_raised(changes: Changes) -> bool:
    severity = changes.get("severity")
    order: Sequence[Severity] = BY_URGENCY
    return severity is not None and order.index(severity["to"]) < order.index(severity["from"])


RECLASSIFY = Action(
    name="reclassify",
    order=130,
    sources=frozenset(State),
    allowed=CORRECTORS,
    said=ReclassifyInput,
    effect=_effect,
    records={"changes": Sensitivity.PLAIN, "opened_to": Sensitivity.PERSON, **WAIT_ENDED},
    told=Told(assignee=True),
    in_bulk=False,
)
