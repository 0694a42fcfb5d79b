"""One report as the pages of people without a name show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from backend.anonymous.selectors import Followed
from backend.portal.action_words import ACTION_WORDS
from backend.portal.cards import PromiseCard, ReportCard, promise_card, report_card
from backend.workflow.actions.confirm import CONFIRM
from backend.workflow.conversation import Message, decline_reason
from backend.workflow.states import State


@dataclass(frozen=True, slots=True)
class UnnamedStep:
    """A step of the reporter: its name, its words, and what it asks (empty: one tap is enough)."""

    name: str
    label: str | Promise
    icon: str
    question: str | Promise


@dataclass(frozen=True, slots=True)
class UnnamedCard:
    """A report as whoever has its code reads it."""

    report: ReportCard
    next_step: str
    declined: str
    promise: Sequence[PromiseCard]
    messages: Sequence[Message]
    steps: Sequence[UnnamedStep]
    can_write: bool


def unnamed_card(*, found: Followed, now: datetime) -> UnnamedCard:
    """Return what a code opens, in words."""
    card = report_card(report=found.report, can_act=True, now=now)
    ticket = found.report.ticket
    is_merged = ticket.state == State.MERGED
    return UnnamedCard(
        report=card,
        next_step=_("It goes on with an earlier report about the same. If somebody needs you, they write to you here.")
        if is_merged
        else card.next_step,
        declined=decline_reason(ticket=ticket),
        promise=promise_card(promise=found.promise, now=now),
        messages=found.messages,
        steps=[_step(name) for name in found.steps],
        can_write=found.can_write,
    )


def _step(name: str) -> UnnamedStep:
    words = ACTION_WORDS[name]
    question = "" if name == CONFIRM.name else words.question
    return UnnamedStep(name, words.for_reporter or words.label, words.icon, question)
