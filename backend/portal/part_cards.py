"""The parts of a ticket as its page shows them: what is asked of whom, by when, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.portal.due import Due, due_of
from backend.rulebook.ruleset import ClockName
from backend.workflow.asked import Said, said_of
from backend.workflow.facts import Situation, parts_open
from backend.workflow.models import PartOutcome, Recommendation, Ticket, TicketPart
from backend.workflow.parts import parts_of, recommendation_of
from backend.workflow.questions import outside_of

TITLES: dict[str, Promise] = {
    ClockName.ORDER: _("Supervision order"),
    ClockName.DECISION: _("A decision is needed"),
    ClockName.OFFER: _("Hand-over"),
    ClockName.SUBTASK: _("Part of the work"),
    ClockName.QUESTION: _("Question"),
    ClockName.RECOMMENDATION: _("Recommendation"),
    ClockName.IMPROVEMENT: _("Recommendation to be carried out"),
    ClockName.PROMISE: _("Promised to be solved"),
    ClockName.ADOPTION: _("Adopted by a leader"),
    ClockName.STEP: _("Next step"),
    ClockName.REVIEW: _("Review of the cause"),
}
"""By kind; a test compares them with the kinds there are."""
REPORTER = _("The reporter")
MAKE_SAFE = _("Make the place safe")
KEPT, MISSED = pgettext_lazy("of a promise", "Kept"), pgettext_lazy("of a promise", "Missed")


@dataclass(frozen=True, slots=True)
class PartCard:
    """One part; `asked_of` is empty where whoever has the ticket in hand is meant, `due` None once it ended."""

    part: TicketPart
    title: str | Promise
    asked_of: str
    due: Due | None

    @property
    def who(self) -> str:
        """The office that does a part of the work, and who of it once somebody took it on."""
        named = (self.part.office, self.part.person)
        return " · ".join(one.name for one in named if one)

    @property
    def said(self) -> Said:
        """The words with which it was asked, by whom and when."""
        return said_of(self.part)

    @property
    def recommendation(self) -> Recommendation | None:
        """The aim of a recommendation, and by when it is carried out once it is accepted."""
        return recommendation_of(self.part)

    @property
    def takes_link(self) -> bool:
        """Whether somebody outside can be sent a link to it."""
        return self.part.is_open and outside_of(self.part) is not None

    @property
    def has_link(self) -> bool:
        """Whether a link is in force."""
        outside = outside_of(self.part)
        return self.part.is_open and outside is not None and outside.digest is not None

    @property
    def outcome(self) -> str:
        """How it ended, in a word; a promise was kept or missed."""
        if self.part.is_promise and self.part.outcome == PartOutcome.DONE:
            return str(KEPT if self.part.is_kept else MISSED)
        return str(self.part.get_outcome_display())


def subtask_in_words(part: TicketPart) -> str:
    """Return which office is to do what, in one line."""
    office = part.office.name if part.office else ""
    return " · ".join(words for words in (office, part.words or str(MAKE_SAFE if part.makes_safe else "")) if words)


@dataclass(frozen=True, slots=True)
class PartCards:
    """The parts of a ticket: those of supporting offices, and all others, what is open first."""

    supporting: Sequence[PartCard]
    others: Sequence[PartCard]


def part_cards(*, ticket: Ticket, now: datetime) -> PartCards:
    """Return everything that was asked about a ticket."""
    cards = sorted((_card(part, now) for part in parts_of(ticket)), key=lambda card: not card.part.is_open)
    supporting = [card for card in cards if card.part.kind == ClockName.SUBTASK]
    return PartCards(supporting, [card for card in cards if card not in supporting])


def questions_to_reporter(*, situation: Situation) -> list[PartCard]:
    """Return the open questions that the reporter is asked."""
    asked = parts_open(situation, ClockName.QUESTION)
    return [_card(part, situation.now) for part in asked if outside_of(part) is None]


def _card(part: TicketPart, now: datetime) -> PartCard:
    asked_of = part.person or part.office
    outside = outside_of(part)
    is_reporters = part.kind == ClockName.QUESTION and outside is None
    role = str(part.get_role_display()) if part.role else str(REPORTER) if is_reporters else ""
    name = asked_of.name if asked_of else outside.whom if outside else role
    title = MAKE_SAFE if part.makes_safe else TITLES[part.kind]
    return PartCard(part, title, name, due_of(at=part.due_at, now=now) if part.is_open else None)
