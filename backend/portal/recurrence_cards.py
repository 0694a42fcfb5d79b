"""A problem that came back as its ticket's page shows it: how often, and what was done about it before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from backend.organisation.actors import Actor
from backend.portal.fixes_in_words import fix_in_words
from backend.workflow.models import Ticket
from backend.workflow.recurred import recurred


@dataclass(frozen=True, slots=True)
class BeforeCard:
    """An earlier ticket about the same: its page, when it was closed, how it was solved, and what was said then."""

    reference: str
    address: str
    closed_at: datetime | None
    fixed: Sequence[str]
    note: str


@dataclass(frozen=True, slots=True)
class RecurrenceCard:
    """That the problem came back, in words, and the earlier tickets, the last one first.

    `is_unexplained`: nobody has found the cause of those times that it came back before.
    """

    words: str
    before: Sequence[BeforeCard]
    is_unexplained: bool


def recurrence_card(*, actor: Actor, ticket: Ticket) -> RecurrenceCard | None:
    """Return what came before a ticket the reader was let in to; None, without a statement, where nothing did."""
    if not ticket.recurs:
        return None
    found = recurred(actor=actor, ticket=ticket)
    times = found.recurrence.number
    words = _("The same was closed here within thirty days before. This is time number %(times)d.") % {"times": times}
    cards = [
        BeforeCard(
            row.ticket.reference,
            reverse("portal:ticket_detail", args=[row.ticket.id]),
            row.ticket.closed_at,
            fix_in_words(row.fix),
            row.note,
        )
        for row in found.before
    ]
    return RecurrenceCard(words, cards, found.is_unexplained)
