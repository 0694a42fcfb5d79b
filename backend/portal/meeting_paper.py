"""A meeting as a paper: its agenda, what came of each item and who was present; nothing confidential."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from backend.common.lists_in_words import listed_in_words
from backend.common.moments import day_in_words, moment_in
from backend.common.typesetting import paper_typeset
from backend.meetings.models import Meeting
from backend.meetings.selectors import items_shown
from backend.organisation.actors import Actor
from backend.portal.meeting_cards import ItemCard, agenda_cards, meeting_title

TEMPLATE = Path(__file__).with_name("papers") / "meeting.typ"


def meeting_pdf(*, actor: Actor, meeting: Meeting, now: datetime) -> bytes:
    """Return the agenda and the minutes as PDF, of what the actor may know of and that is open to everybody."""
    with timezone.override(ZoneInfo(meeting.school.time_zone)):
        agenda = agenda_cards(items=items_shown(actor=actor, meeting=meeting, on_paper=True), now=now)
        drawn = {"who": actor.name, "time": moment_in(at=now, zone=meeting.school.time_zone)}
        title = f"{meeting_title(meeting)} · {day_in_words(meeting.day)}"
        data = {
            "school": meeting.school.name,
            "title": title,
            "present": listed_in_words(person.name for person in meeting.present.order_by("name")),
            "words": meeting.words,
            "sections": [
                _section(_("Left open") if meeting.is_over else _("To be decided"), agenda.open),
                _section(_("Over meanwhile, nothing to decide"), agenda.overtaken),
                _section(_("What came of it"), agenda.settled),
                _section(_("Taken off the agenda"), agenda.off),
            ],
            "drawn": _("Drawn by %(who)s on %(time)s") % drawn,
            "labels": {
                "present": _("Present"),
                "words": _("Said besides"),
                "confidential": _("Confidential tickets are never printed here."),
            },
        }
        return paper_typeset(template=TEMPLATE, title=title, data=data, now=now)


def _section(title: str, cards: Sequence[ItemCard]) -> dict[str, Any]:
    return {"title": title, "rows": [_row(card) for card in cards]}


def _row(card: ItemCard) -> dict[str, Any]:
    ticket = card.item.ticket
    about = (ticket.reference, ticket.owner.name, ticket.get_severity_display(), ticket.get_state_display())
    return {
        "title": card.title,
        "line": card.line,
        "about": " · ".join(about),
        "reasons": [*card.reasons, *([card.added] if card.added else [])],
        "came_of_it": list(card.came_of_it),
    }
