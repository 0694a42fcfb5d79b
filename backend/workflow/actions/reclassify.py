"""Correcting what a ticket is: severity, category, class or place; never to more people, which takes two persons."""

from dataclasses import dataclass
from uuid import UUID

from backend.organisation.models import Place
from backend.rulebook.ruleset import Category, Confidentiality, Severity
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned, choice, code, place
from backend.workflow.change import TicketChange
from backend.workflow.classing import Classing, corrected, opens_up
from backend.workflow.correcting import (
    CORRECTED,
    category_of,
    changes_of,
    check_openness,
    classing_of,
    correct,
)
from backend.workflow.errors import LoweringNotAllowed, NothingToCorrect, SecondPersonNeeded, UnknownPlace
from backend.workflow.models import Ticket
from backend.workflow.passing import Changes
from backend.workflow.policy import relations_of
from backend.workflow.relation_groups import CORRECTORS, LOWERERS, NOT_MERGED
from backend.workflow.waiting import WAIT_ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class ReclassifyInput(Reasoned):
    """The corrections, and the reason for them; what is left out stays as it is."""

    category: str | None = code(longest=10)
    severity: Severity | None = choice(Severity)
    confidentiality: Confidentiality | None = choice(Confidentiality)
    place_id: UUID | None = place(name="place")


def _effect(change: TicketChange, said: ReclassifyInput) -> None:
    ticket = change.ticket
    present = classing_of(ticket)
    wanted, category = _wanted(change, said, present)
    changes = {**changes_of(present, wanted), **_move(ticket, said)}
    if not changes:
        raise NothingToCorrect
    correct(change=change, wanted=wanted, category=category, changes=changes)


def _wanted(change: TicketChange, said: ReclassifyInput, present: Classing) -> tuple[Classing, Category]:
    ticket = change.ticket
    category = category_of(ticket, said.category or ticket.category)
    wanted = corrected(present=present, category=category, severity=said.severity, confidentiality=said.confidentiality)
    check_openness(wanted, category)
    if opens_up(present=present, wanted=wanted, before=category_of(ticket, ticket.category), after=category):
        raise SecondPersonNeeded(pointer="/category" if said.category else "/confidentiality")
    may_lower = relations_of(actor=change.actor, ticket=ticket) & LOWERERS
    if wanted.is_less_urgent(present) and not may_lower:
        raise LoweringNotAllowed
    return wanted, category


def _move(ticket: Ticket, said: ReclassifyInput) -> Changes:
    if said.place_id is None or said.place_id == ticket.place_id:
        return {}
    found = Place.objects.filter(id=said.place_id, school=ticket.school_id).first()
    if found is None:
        raise UnknownPlace(pointer="/place")
    before, ticket.place = ticket.place_id, found
    return {"place": {"from": str(before) if before else None, "to": str(found.id)}}


RECLASSIFY = Action(
    name="reclassify",
    order=130,
    sources=NOT_MERGED,
    allowed=CORRECTORS,
    said=ReclassifyInput,
    effect=_effect,
    records={**CORRECTED, **WAIT_ENDED},
    told=Told(assignee=True),
    in_bulk=False,
)
