"""Asking: whoever works on a ticket asks its reporter, or somebody outside by name, and the answer has a date."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.organisation.models import Person
from backend.organisation.selectors.reachable import may_be_reached
from backend.rulebook.ruleset import ClockName
from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned, line, moment
from backend.workflow.affected_errors import NobodyToAsk
from backend.workflow.change import TicketChange
from backend.workflow.facts import ROOM_FOR_PARTS
from backend.workflow.models import OutsideQuestion, Ticket, TicketPart
from backend.workflow.models.asking import LONGEST_WHOM
from backend.workflow.parts import PART_ASKED, part_ask
from backend.workflow.policy import reporter_may_open
from backend.workflow.relation_groups import OWNERS, UNSOLVED


@dataclass(frozen=True, slots=True, kw_only=True)
class AskQuestionInput(Reasoned):
    """The question; the person outside who is asked (empty: the reporter), and by when."""

    whom: str = line(longest=LONGEST_WHOM)
    due_at: datetime | None = moment()


def _effect(change: TicketChange, said: AskQuestionInput) -> None:
    ticket = change.ticket
    part = TicketPart(
        ticket=ticket,
        kind=ClockName.QUESTION,
        asked_by_id=change.actor.person_id,
        asked_at=change.now,
        words=said.note,
    )
    if not said.whom:
        change.tells([_reporter_to_ask(ticket, change.now)])
    part_ask(change=change, part=part, until=said.due_at)
    if said.whom:
        change.keeps(OutsideQuestion(part=part, whom=said.whom))


def _reporter_to_ask(ticket: Ticket, now: datetime) -> UUID:
    """Return the reporter; raise NobodyToAsk where none is known, or they have left or may not read the question."""
    found = None
    if ticket.reporter_id and reporter_may_open(confidentiality=ticket.confidentiality):
        found = Person.objects.filter(may_be_reached(at=now), id=ticket.reporter_id).first()
    if found is None:
        raise NobodyToAsk(pointer="/whom")
    return found.id


ASK_QUESTION = Action(
    name="ask-question",
    order=125,
    sources=UNSOLVED,
    allowed=OWNERS,
    facts=(ROOM_FOR_PARTS,),
    said=AskQuestionInput,
    effect=_effect,
    records=PART_ASKED,
    in_bulk=False,
)
