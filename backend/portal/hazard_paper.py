"""The hazard register as a paper, as its reader sees it."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from backend.common.sql.statements import AlternativesQuerySet
from backend.common.typesetting import PaperTooLong, paper_typeset
from backend.organisation.actors import Actor
from backend.portal.due import moment
from backend.portal.hazard_cards import HazardCard, hazard_cards, sums_of
from backend.portal.selectors import school_of
from backend.rounds.selectors.hazards import hazard_totals
from backend.workflow.models import Ticket

TEMPLATE = Path(__file__).with_name("papers") / "hazards.typ"
MOST_LINES = 500
"""More hazards than this nobody prints."""


def hazards_pdf(*, actor: Actor, tickets: AlternativesQuerySet[Ticket], now: datetime) -> bytes:
    """Return these hazards as PDF, the newest first; raise PaperTooLong."""
    school = school_of(actor=actor)
    with timezone.override(ZoneInfo(school.time_zone) if school else timezone.get_current_timezone()):
        rows = list(tickets.order_by("-filed_at", "id")[: MOST_LINES + 1])
        if len(rows) > MOST_LINES:
            raise PaperTooLong
        totals = hazard_totals(tickets=tickets, now=now)
        title = _("Hazard register")
        data = {
            "school": school.name if school else "",
            "title": title,
            "sums": [f"{one.label} {one.count}" for one in sums_of(totals)],
            "columns": [
                *(_("What and where"), _("Found"), pgettext("of a school", "Office"), _("Measure")),
                *(pgettext("hazards", "Due"), _("Where it stands")),
            ],
            "rows": [_row(card, by_school=school is None) for card in hazard_cards(actor=actor, tickets=rows, now=now)],
            "drawn": _("Drawn by %(who)s on %(time)s") % {"who": actor.name, "time": moment(now)},
            "confidential": _("Confidential tickets are never printed here."),
        }
        return paper_typeset(template=TEMPLATE, title=title, data=data, now=now)


def _row(card: HazardCard, *, by_school: bool) -> list[list[Any]]:
    """Return the cells of a line, each as its words below one another."""
    ticket = card.ticket
    where = [ticket.school.name] if by_school else []
    where += [ticket.place.name] if ticket.place else []
    return [
        [card.title, *where, ticket.get_severity_display(), ticket.reference],
        [card.found, ticket.description],
        [ticket.owner.name],
        [card.measure, card.files],
        [card.due.words, moment(card.due.at)] if card.due else [],
        [card.state, card.signed],
    ]
