"""Asking another office for a part of the work, by a date; the office that has the ticket goes on leading it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.workflow.action import Action
from backend.workflow.action_input import Reasoned, moment, office
from backend.workflow.change import TicketChange
from backend.workflow.facts import ORDINARY_CLASS, ROOM_FOR_PARTS
from backend.workflow.handing import office_chosen
from backend.workflow.relation_groups import HANDED, HEADS, OFFICE
from backend.workflow.supporting import SUPPORT_ASKED, subtask_ask


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSubtaskInput(Reasoned):
    """The office, what it is to do, and by when."""

    office_id: UUID | None = office(name="office", required=True)
    due_at: datetime | None = moment()


def _effect(change: TicketChange, said: AskSubtaskInput) -> None:
    chosen = office_chosen(ticket=change.ticket, office_id=said.office_id, now=change.now)
    subtask_ask(change=change, office=chosen, words=said.note, until=said.due_at)


ASK_SUBTASK = Action(
    name="ask-subtask",
    order=123,
    sources=HANDED,
    allowed=OFFICE | HEADS,
    facts=(ORDINARY_CLASS, ROOM_FOR_PARTS),
    said=AskSubtaskInput,
    effect=_effect,
    records=SUPPORT_ASKED,
    in_bulk=False,
)
