"""Giving a ticket another class, category or urgency: its office, those who are told and its clocks follow at once."""

from collections.abc import Sequence
from dataclasses import replace

from backend.rulebook.ruleset import Category, Confidentiality, Severity
from backend.rulebook.selectors import ruleset_get
from backend.workflow.change import TicketChange
from backend.workflow.classing import BY_OPENNESS, BY_URGENCY, Classing, is_more_open, is_too_open
from backend.workflow.errors import ClassTooOpen, UnknownCategory
from backend.workflow.granting import grants_withdraw
from backend.workflow.handing import GIVEN, asked_end
from backend.workflow.ledger import Sensitivity
from backend.workflow.merging import merged_here, tickets_lock_beside
from backend.workflow.models import Ticket, TicketGrant
from backend.workflow.offices import office_give
from backend.workflow.parts import PART_ENDED
from backend.workflow.passing import Changes, pass_on
from backend.workflow.proposals import lowering_end
from backend.workflow.questions import links_end
from backend.workflow.recipients import Audience, called_in
from backend.workflow.recurring import recur, recurrences_find
from backend.workflow.relation_groups import NOT_OVER
from backend.workflow.reviewing import lesson_take_back
from backend.workflow.states import OVER, State
from backend.workflow.system_events import CLASS_FOLLOWED
from backend.workflow.waiting import may_go_on_waiting, wait_end

CORRECTED = {"changes": Sensitivity.PLAIN, "opened_to": Sensitivity.PERSON, **PART_ENDED, **GIVEN}
"""The fields of an event by which a ticket is classed anew, and given to another office with that."""


def classing_of(ticket: Ticket) -> Classing:
    """Return how a ticket is classed."""
    return Classing(ticket.category, Severity(ticket.severity), Confidentiality(ticket.confidentiality))


def category_of(ticket: Ticket, code: str) -> Category:
    """Return a category of the rules that the ticket pins; raise UnknownCategory."""
    category = ruleset_get(ticket.rulebook_id).categories.get(code)
    if category is None:
        raise UnknownCategory(pointer="/category")
    return category


def check_openness(wanted: Classing, category: Category) -> None:
    """Raise ClassTooOpen where a ticket would be more open than its category."""
    if is_too_open(wanted, category):
        raise ClassTooOpen(pointer="/confidentiality")


def changes_of(present: Classing, wanted: Classing) -> Changes:
    """Return what becomes another, with what it was, as events say it."""
    pairs = {
        "category": (present.category, wanted.category),
        "severity": (present.severity, wanted.severity),
        "class": (present.confidentiality, wanted.confidentiality),
    }
    return {name: {"from": before, "to": after} for name, (before, after) in pairs.items() if before != after}


def correct(*, change: TicketChange, wanted: Classing, category: Category, changes: Changes) -> None:
    """Class the ticket anew and pass it on to the office that answers for it then; `changes`: all that became another.

    Whoever loses sight of it thereby is not told. One that could not wait by its new rules goes on at once.
    """
    ticket = change.ticket
    _class(ticket, wanted, category)
    if changes.keys() & {"category", "class"}:
        lowering_end(change=change)
    _recur(change, changes)
    changes |= pass_on(change=change, changes=changes)
    change.says(changes=changes)
    if changes.get("class", {}).get("to") == Confidentiality.K2:
        _seal(change)
    if "office" in changes or ticket.confidentiality == Confidentiality.K2:
        asked_end(change=change)
    change.renews_timers |= bool({"category", "severity"} & changes.keys())
    if change.renews_timers and ticket.state == State.WAITING and not may_go_on_waiting(change=change):
        ticket.state = State.IN_PROGRESS
        wait_end(change=change, ended_at=change.now)
    if "class" in changes:
        _merged_follow(change)
    _tell(change, changes)


def _class(ticket: Ticket, wanted: Classing, category: Category) -> None:
    ticket.category, ticket.kind = wanted.category, category.kind
    ticket.severity, ticket.confidentiality = wanted.severity, wanted.confidentiality
    ticket.seal = max(Confidentiality(ticket.seal), wanted.confidentiality, key=BY_OPENNESS.index)


def _recur(change: TicketChange, changes: Changes) -> None:
    """Look whether what has another category or place came back there; before it is routed that is left to routing."""
    ticket = change.ticket
    if changes.keys() & {"category", "place"} and State(ticket.state) in NOT_OVER - {State.RECEIVED}:
        found = recurrences_find(tickets=[ticket]).get(ticket.id)
        if found is not None:
            recur(change=change, earlier=found)


def _merged_follow(change: TicketChange) -> None:
    """Make what was merged into a ticket as confidential as that has become, in class K2 in the same hands."""
    into = change.ticket
    strict = Confidentiality(into.confidentiality)
    merged = merged_here(ticket=into)
    for ticket in tickets_lock_beside(ticket_ids=merged) if merged else ():
        present = classing_of(ticket)
        if not is_more_open(present.confidentiality, strict):
            continue
        followed = TicketChange(ticket=ticket, by=change.by, now=change.now)
        changes = changes_of(present, replace(present, confidentiality=strict))
        before = ticket.owner_id
        ticket.confidentiality = strict
        ticket.seal = max(Confidentiality(ticket.seal), strict, key=BY_OPENNESS.index)
        if strict is Confidentiality.K2:
            _seal(followed)
            if office_give(ticket=ticket, office=into.owner):
                changes["office"] = {"from": str(before), "to": str(into.owner_id)}
            asked_end(change=followed)
        followed.says(changes=changes)
        followed.settle(CLASS_FOLLOWED)
        change.others.append(followed)


def _seal(change: TicketChange) -> None:
    """Take from those who lose sight of a ticket, which became strictly confidential, what they still had of it."""
    grants_withdraw(ticket=change.ticket, now=change.now)
    links_end(change=change)
    lesson_take_back(change=change)


def _tell(change: TicketChange, changes: Changes) -> None:
    """Tell whom it is news to: those of a new office, and those whom a higher severity calls."""
    ticket = change.ticket
    if ticket.state in OVER or not ("office" in changes or _is_raised(change)):
        return
    answers = Audience(tickets=[ticket], now=change.now).of_new(ticket)
    ticket.paged = list(dict.fromkeys([*ticket.paged, *called_in(answers)]))
    change.tells(person for answer in answers for person in answer.people)
    change.opens_to(answers, TicketGrant.Reason.STANDS_IN)
    if change.grants:
        change.says(opened_to=change.opened_to)


def _is_raised(change: TicketChange) -> bool:
    order: Sequence[str] = BY_URGENCY
    return change.stood is not None and order.index(change.ticket.severity) < order.index(change.stood.severity)
