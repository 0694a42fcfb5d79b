"""Meetings in words: what a page and a paper show of an agenda and of what came of it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from backend.meetings.models import Meeting, MeetingItem, Outcome, Reason
from backend.portal.cards import is_chinese
from backend.portal.due import Due, due_of, moment
from backend.portal.row_words import row_words
from backend.workflow.models import NEVER_DUE
from backend.workflow.selectors import category_name

OUTCOMES = frozenset(Outcome) - {Outcome.NOTED}
"""The outcomes that are actions on the ticket."""


@dataclass(frozen=True, slots=True)
class ItemCard:
    """An item of an agenda: what its ticket is about, why it stands there, and what came of it."""

    item: MeetingItem
    title: str
    line: str
    due: Due | None
    reasons: Sequence[str]
    added: str
    came_of_it: Sequence[str]


@dataclass(frozen=True, slots=True)
class Agenda:
    """The items that wait for an outcome, whose ticket is over meanwhile, that have one, and that were taken off."""

    open: Sequence[ItemCard]
    overtaken: Sequence[ItemCard]
    settled: Sequence[ItemCard]
    off: Sequence[ItemCard]


def meeting_title(meeting: Meeting) -> str:
    """Return what a meeting is called: its kind, and what it is about where that was said."""
    return " · ".join(filter(None, (str(Meeting.Kind(meeting.kind).label), meeting.about)))


def agenda_cards(*, items: Sequence[MeetingItem], now: datetime) -> Agenda:
    """Return the items of an agenda as a page shows them."""
    cards = [item_card(item=item, now=now) for item in items]
    return Agenda(
        open=[card for card in cards if card.item.is_open and not card.item.is_overtaken],
        overtaken=[card for card in cards if card.item.is_overtaken],
        settled=[card for card in cards if card.item.outcome],
        off=[card for card in cards if card.item.is_off],
    )


def item_card(*, item: MeetingItem, now: datetime) -> ItemCard:
    """Return one item as a page shows it."""
    ticket = item.ticket
    title = category_name(ticket, chinese=is_chinese())
    due = due_of(at=ticket.next_due_at, now=now) if ticket.next_due_at < NEVER_DUE else None
    return ItemCard(item, title, row_words(ticket), due, _labels(item), _added(item), list(_came_of_it(item)))


def _labels(item: MeetingItem) -> list[str]:
    return [str(Reason(reason).label) for reason in item.reasons]


def _added(item: MeetingItem) -> str:
    if item.added_by is None:
        return ""
    return _("%(who)s added it: %(words)s") % {"who": item.added_by.name, "words": item.added_words}


def _came_of_it(item: MeetingItem) -> Iterator[str]:
    if item.off_by:
        yield _("%(who)s took it off: %(words)s") % {"who": item.off_by.name, "words": item.off_words}
    if item.erased_at:
        yield _("What was said here was erased.")
    if item.outcome:
        yield str(Outcome(item.outcome).label)
    if item.noted_words:
        yield item.noted_words
    if item.part:
        asked_of = item.part.office or item.part.person
        yield " · ".join(filter(None, (asked_of.name if asked_of else "", _due(item))))
    if item.settled_by and item.settled_at:
        yield f"{item.settled_by.name} · {moment(item.settled_at)}"


def _due(item: MeetingItem) -> str:
    part = item.part
    if part is None:
        return ""
    if not part.is_open:
        return str(part.get_outcome_display())
    return _("due %(time)s") % {"time": moment(part.due_at)}
