"""Merged tickets as pages show them: those that went into one, and where one went."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from backend.organisation.actors import Actor
from backend.portal.selectors import names_of_people
from backend.portal.sentences import body_of
from backend.workflow.as_reporter import is_reporters_own
from backend.workflow.merged import MergedTicket, merged_into, merged_with_words
from backend.workflow.models import Ticket, TicketMerge
from backend.workflow.policy import Part, opened_to


@dataclass(frozen=True, slots=True)
class SaidCard:
    """Words that somebody wrote about a merged ticket; empty after an erasure."""

    who: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class MergedCard:
    """A ticket that was merged into the one shown: its words, by whom and when, and what was written about it."""

    ticket: Ticket
    who: str
    at: datetime
    said: Sequence[SaidCard]


def merged_cards(*, actor: Actor, ticket: Ticket) -> list[MergedCard]:
    """Return what was merged into a ticket the reader was let in to; three statements, none where nothing was."""
    merged = merged_with_words(actor=actor, ticket=ticket)
    names = names_of_people(ids={event.actor_id for row in merged for event in row.said if event.actor_id})
    return [
        MergedCard(row.merge.ticket, _by(row.merge), row.merge.merged_at, list(_said(row, actor, names)))
        for row in merged
    ]


def _by(merge: TicketMerge) -> str:
    return merge.merged_by.name if merge.merged_by else _("the reporter")


def _said(row: MergedTicket, actor: Actor, names: Mapping[UUID, str]) -> Iterator[SaidCard]:
    ticket = row.merge.ticket
    is_told = Part.REPORTER in opened_to(actor=actor, ticket=ticket)
    for event in row.said:
        is_hidden = is_reporters_own(event=event, ticket=ticket) and not is_told
        who = None if is_hidden or event.actor_id is None else names.get(event.actor_id)
        yield SaidCard(who or _("the reporter"), event.at, body_of(event).get("note", ""))


@dataclass(frozen=True, slots=True)
class WentCard:
    """The ticket into which one was merged, by whom and when, its state, and its page if it is open to the reader."""

    reference: str
    state: str
    who: str
    at: datetime
    address: str


def went_card(*, actor: Actor, ticket: Ticket) -> WentCard | None:
    """Return where a ticket the reader was let in to went; None for one that is not merged."""
    gone = merged_into(actor=actor, ticket=ticket)
    if gone is None:
        return None
    merge, into = gone.merge, gone.merge.into
    address = reverse("portal:ticket_detail", args=[into.id]) if gone.is_open else ""
    return WentCard(into.reference, into.get_state_display(), _by(merge), merge.merged_at, address)
