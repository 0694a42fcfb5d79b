"""Correcting what a ticket is: severity, category, class or place; the owner and those who are told follow at once."""

from datetime import datetime
from typing import Any

from backend.organisation.actors import Actor
from backend.organisation.models import Place, Unit
from backend.rulebook.ruleset import Category, Confidentiality, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.classing import BY_URGENCY, Classing, corrected, is_too_open
from backend.workflow.errors import ClassTooOpen, LoweringNotAllowed, NothingToCorrect, UnknownCategory, UnknownPlace
from backend.workflow.models import Ticket
from backend.workflow.relations import relations_of
from backend.workflow.selectors import ONLY_WHEN_CALLED
from backend.workflow.services.declining import proposal_forget
from backend.workflow.services.routing import first_owner, office_for, office_give, whom_to_tell
from backend.workflow.services.saying import ActionInput, Consequence
from backend.workflow.services.waiting import may_go_on_waiting, wait_ended
from backend.workflow.states import LOWERERS, State

Changes = dict[str, dict[str, Any]]


def ticket_reclassify(actor: Actor, ticket: Ticket, given: ActionInput, now: datetime) -> Consequence:
    """Correct a locked ticket and give it to the office that then answers for it; the caller saves and records it.

    Whoever loses sight of it thereby is not told. One that could not wait by its new rules goes on at once.
    """
    present = classing_of(ticket)
    category = _category(ticket, given)
    wanted = corrected(
        present=present, category=category, severity=given.severity, confidentiality=given.confidentiality
    )
    if is_too_open(wanted, category):
        raise ClassTooOpen(pointer="/confidentiality")
    if wanted.is_below(present) and not relations_of(actor=actor, ticket=ticket) & LOWERERS:
        raise LoweringNotAllowed
    changes = {**_class(ticket, present, wanted, category), **_move(ticket, given)}
    if not changes:
        raise NothingToCorrect
    changes |= _hand_over(ticket, changes, now)
    renews_timers = bool({"category", "severity"} & changes.keys())
    return Consequence(
        said={"changes": changes, **(_wait_ended(ticket, now) if renews_timers else {})},
        tell=_told(ticket, changes, now),
        renews_timers=renews_timers,
    )


def classing_of(ticket: Ticket) -> Classing:
    """Return how a ticket is classed."""
    return Classing(ticket.category, Severity(ticket.severity), Confidentiality(ticket.confidentiality))


def _category(ticket: Ticket, given: ActionInput) -> Category:
    category = ruleset_get(ticket.rulebook_id).categories.get(given.category or ticket.category)
    if category is None:
        raise UnknownCategory(pointer="/category")
    return category


def _class(ticket: Ticket, present: Classing, wanted: Classing, category: Category) -> Changes:
    ticket.category, ticket.kind = wanted.category, category.kind
    ticket.severity, ticket.confidentiality = wanted.severity, wanted.confidentiality
    pairs = {
        "category": (present.category, wanted.category),
        "severity": (present.severity, wanted.severity),
        "class": (present.confidentiality, wanted.confidentiality),
    }
    return {name: {"from": before, "to": after} for name, (before, after) in pairs.items() if before != after}


def _move(ticket: Ticket, given: ActionInput) -> Changes:
    if given.place_id is None or given.place_id == ticket.place_id:
        return {}
    place = Place.objects.filter(id=given.place_id, school=ticket.school_id).first()
    if place is None:
        raise UnknownPlace(pointer="/place")
    before, ticket.place = ticket.place_id, place
    return {"place": {"from": str(before) if before else None, "to": str(place.id)}}


def _hand_over(ticket: Ticket, changes: Changes, now: datetime) -> Changes:
    owner = _owner(ticket, changes, now)
    before = ticket.owner_id
    if owner is None or not office_give(ticket=ticket, office=owner):
        return {}
    proposal_forget(ticket=ticket)
    return {"office": {"from": str(before), "to": str(owner.id)}}


def _owner(ticket: Ticket, changes: Changes, now: datetime) -> Unit | None:
    """Return the office that answers for it now; before it is routed only class K2 moves it."""
    enters_or_leaves_protection = Confidentiality.K2 in changes.get("class", {}).values()
    if not enters_or_leaves_protection and ("category" not in changes or ticket.state == State.RECEIVED):
        return None
    office = None if ticket.state == State.RECEIVED else office_for(ticket=ticket, now=now)
    return office or first_owner(school=ticket.school, confidentiality=Confidentiality(ticket.confidentiality))


def _wait_ended(ticket: Ticket, now: datetime) -> dict[str, str]:
    if ticket.state != State.WAITING or may_go_on_waiting(ticket=ticket, now=now):
        return {}
    ticket.state = State.IN_PROGRESS
    return wait_ended(ticket=ticket, now=now)


def _told(ticket: Ticket, changes: Changes, now: datetime) -> frozenset[Any]:
    """Return whom it is news to: those of a new office, and those whom a higher severity calls."""
    if ticket.state in {State.CLOSED, State.DECLINED} or not ("office" in changes or _is_raised(changes)):
        return frozenset()
    answers = whom_to_tell(ticket=ticket, now=now)
    ticket.paged = [person for answer in answers if answer.role in ONLY_WHEN_CALLED for person in answer.people]
    return frozenset(person for answer in answers for person in answer.people)


def _is_raised(changes: Changes) -> bool:
    severity = changes.get("severity")
    return severity is not None and BY_URGENCY.index(severity["to"]) < BY_URGENCY.index(severity["from"])
