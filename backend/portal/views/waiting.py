"""All that waits for the reader, by due time, of whatever kind it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse

from backend.common.clock import database_now
from backend.portal.access import staff_only
from backend.portal.due import Due, due_of
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest
from backend.todos.selectors.everything import Waiting, waiting_for
from backend.todos.words import TO_DO


@dataclass(frozen=True, slots=True)
class WaitingCard:
    """One thing that waits, as the page shows it."""

    row: Waiting
    what: str
    about: str
    due: Due | None


@staff_only
def everything(request: StaffRequest) -> HttpResponse:
    """Show what the reader owes: on tickets, in rounds, in started plans, and what has to be told outside."""
    now = database_now()
    found = waiting_for(actor=request.actor, now=now)
    context = {"cards": _cards(found.rows, now), "is_more": found.is_more}
    return staff_page(request, "todo", context, section="home")


def _cards(rows: Sequence[Waiting], now: datetime) -> list[WaitingCard]:
    return [
        WaitingCard(row, str(TO_DO[row.action]), row.about(), due_of(at=row.due_at, now=now) if row.due_at else None)
        for row in rows
    ]
