"""The parts of a ticket as its page shows them: what is asked of whom, by when, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.portal.due import Due, due_of
from backend.rulebook.ruleset import ClockName
from backend.workflow.models import PartOutcome, Ticket, TicketPart
from backend.workflow.parts import parts_of

TITLES: dict[str, Promise] = {
    ClockName.ORDER: _("Demand of the supervision"),
    ClockName.DECISION: _("A decision is needed"),
    ClockName.OFFER: _("Hand-over"),
    ClockName.PROMISE: _("Promised to be solved"),
}
"""By kind; a test compares them with the kinds there are."""
KEPT, MISSED = pgettext_lazy("of a promise", "Kept"), pgettext_lazy("of a promise", "Missed")


@dataclass(frozen=True, slots=True)
class PartCard:
    """One part; `asked_of` is empty where whoever has the ticket in hand is meant, `due` None once it ended."""

    part: TicketPart
    title: str | Promise
    asked_of: str
    due: Due | None

    @property
    def outcome(self) -> str:
        """How it ended, in a word; a promise was kept or missed."""
        if self.part.is_promise and self.part.outcome == PartOutcome.DONE:
            return str(KEPT if self.part.is_kept else MISSED)
        return str(self.part.get_outcome_display())


def part_cards(*, ticket: Ticket, now: datetime) -> Sequence[PartCard]:
    """Return everything that was asked about a ticket, what is open first."""
    cards = [_card(part, now) for part in parts_of(ticket)]
    return sorted(cards, key=lambda card: not card.part.is_open)


def _card(part: TicketPart, now: datetime) -> PartCard:
    asked_of = part.person or part.office
    name = asked_of.name if asked_of else str(part.get_role_display()) if part.role else ""
    return PartCard(part, TITLES[part.kind], name, due_of(at=part.due_at, now=now) if part.is_open else None)
