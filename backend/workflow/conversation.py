"""The conversation with a reporter who gave no name: who wrote what when, and what they can still do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.workflow.action import Action
from backend.workflow.actions import actions_available
from backend.workflow.actions.confirm import CONFIRM
from backend.workflow.actions.contest_decline import CONTEST_DECLINE
from backend.workflow.actions.message_reporter import MESSAGE_REPORTER
from backend.workflow.actions.propose_decline import PROPOSE_DECLINE
from backend.workflow.actions.reject_fix import REJECT_FIX
from backend.workflow.actions.reopen import REOPEN
from backend.workflow.actions.withdraw import WITHDRAW
from backend.workflow.facts import REOPENING_TIME, Situation
from backend.workflow.merging import goes_on_elsewhere
from backend.workflow.models import Ticket
from backend.workflow.policy import Relation, reporter_may_open
from backend.workflow.states import OVER, State
from backend.workflow.system_events import AMENDED

MOST_MESSAGES = 100
"""The number of messages that a reporter can write about one report."""
STEPS: tuple[Action[Any], ...] = (CONFIRM, REJECT_FIX, REOPEN, CONTEST_DECLINE, WITHDRAW)
OF_SEALED: tuple[Action[Any], ...] = (WITHDRAW,)
"""Of a case that only its team reads they are told no more than that it goes on, so they check nothing of it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message between the reporter and the office, as both read it: the office has no names here."""

    at: datetime
    is_reporters: bool
    text: str


def messages_of(*, ticket: Ticket) -> list[Message]:
    """Return what was written both ways, first to last; what was erased is left out."""
    kinds = (AMENDED.name, MESSAGE_REPORTER.name)
    events = ticket.events.filter(kind__in=kinds, payload__isnull=False).select_related("payload").order_by("sequence")
    return [Message(event.at, event.kind == AMENDED.name, event.payload.body["note"]) for event in events]


def written_count(*, ticket: Ticket) -> int:
    """Return how many messages the reporter has written."""
    return ticket.events.filter(kind=AMENDED.name).count()


def can_write(*, ticket: Ticket, now: datetime) -> bool:
    """Say whether the reporter can write and send photos: until it is over, and for seven days after it was closed."""
    if State(ticket.state) not in OVER or goes_on_elsewhere(ticket=ticket):
        return True
    ended_at = ticket.closed_at or ticket.declined_at
    return ended_at is not None and now <= ended_at + REOPENING_TIME


def steps_unnamed(*, ticket: Ticket) -> Sequence[Action[Any]]:
    """Return the steps that are a reporter's without a name, whether they can be taken now or not."""
    return STEPS if reporter_may_open(confidentiality=ticket.confidentiality) else OF_SEALED


def steps_now(*, ticket: Ticket, now: datetime) -> tuple[Action[Any], ...]:
    """Return the steps that the reporter can take now."""
    situation = Situation(ticket=ticket, now=now)
    return actions_available(situation=situation, relations={Relation.REPORTER}, among=steps_unnamed(ticket=ticket))


def decline_reason(*, ticket: Ticket) -> str:
    """Return why a ticket was declined, as its reporter may read it; empty where it was not, or stays with its team."""
    if ticket.state != State.DECLINED or not reporter_may_open(confidentiality=ticket.confidentiality):
        return ""
    proposed = ticket.events.filter(kind=PROPOSE_DECLINE.name, payload__isnull=False).select_related("payload")
    event = proposed.order_by("-sequence").first()
    return str(event.payload.body.get("note", "")) if event else ""
