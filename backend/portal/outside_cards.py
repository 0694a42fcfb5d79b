"""Reports to somebody outside as the page of their ticket, home and the board of today show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.organisation.actors import Actor
from backend.outside.selectors.duties import DutyShown, OutsideShown, duties_due, outside_of
from backend.portal.due import Due, due_of
from backend.workflow.models import Ticket

MOST_ON_HOME = 5


@dataclass(frozen=True, slots=True)
class DutyCard:
    """One report as pages show it, with the time that is left for it."""

    shown: DutyShown
    due: Due | None


@dataclass(frozen=True, slots=True)
class OutsideCard:
    """Reports to somebody outside because of a ticket: those to be made, and those that are settled."""

    shown: OutsideShown
    open: Sequence[DutyCard]
    settled: Sequence[DutyCard]


def outside_card(
    *, actor: Actor, ticket: Ticket, now: datetime, with_words: bool = False, has_any: bool = True
) -> OutsideCard:
    """Return what has to be told because of a ticket; without what was said of it this takes one statement.

    It takes none for a ticket of which nothing has to be told, as is known (`has_any`).
    """
    shown = outside_of(actor=actor, ticket=ticket, with_words=with_words, has_any=has_any)
    cards = duty_cards(shown.duties, now)
    return OutsideCard(
        shown, [card for card in cards if card.shown.is_open], [card for card in cards if not card.shown.is_open]
    )


def outside_due(*, actor: Actor, now: datetime) -> list[DutyCard]:
    """Return what is to be told soonest at the actor's school, for those who answer for that."""
    return duty_cards(duties_due(actor=actor)[:MOST_ON_HOME], now)


def duty_cards(duties: Sequence[DutyShown], now: datetime) -> list[DutyCard]:
    """Return reports with the time that is left for each."""
    return [DutyCard(shown, due_of(at=shown.duty.due_at, now=now) if shown.is_open else None) for shown in duties]
