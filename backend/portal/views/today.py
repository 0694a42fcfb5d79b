"""Today, for those who answer for a whole school or several: what is overdue and why, and what will be by tonight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse

from backend.gate.selectors import overdue_count
from backend.meetings.selectors import undecided
from backend.organisation.permissions import Permission
from backend.outside.selectors.duties import duties_count
from backend.portal.access import permitted
from backend.portal.due import Due, due_of
from backend.portal.inbox import Tab, board_counts
from backend.portal.meeting_cards import meeting_title
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest, request_now
from backend.rounds.selectors.at_hand import at_hand
from backend.rulebook.words import CLOCK_NAMES
from backend.workflow.backlog import MOST_LOOKED_AT, BacklogGroup, backlog_read
from backend.workflow.overdue import MOST_LOOKED_AT as MOST_OVERDUE
from backend.workflow.overdue import OverdueGroup, overdue_groups

MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class OverdueRow:
    """A group of overdue tickets as the page shows it, with the address of its list."""

    group: OverdueGroup
    clock: str
    due: Due | None
    holders: Sequence[str]
    others: int
    address: str


@dataclass(frozen=True, slots=True)
class BacklogRow:
    """A group of tickets that are stuck, and how many days the oldest is open."""

    group: BacklogGroup
    days: int


@permitted(Permission.BOARD_READ)
def today(request: StaffRequest) -> HttpResponse:
    """Show the numbers of today, each of which opens its list."""
    now, actor = request_now(request), request.actor
    due = undecided(actor=actor, now=now)
    beside = at_hand(actor=actor, now=now)
    counts = board_counts(actor=actor, now=now)
    backlog, overdue = backlog_read(actor=actor, now=now), overdue_groups(actor=actor, now=now)
    context = {
        "now": now,
        "undecided": [{"meeting": row.meeting, "count": row.count, "title": meeting_title(row.meeting)} for row in due],
        "periods_now": beside.periods,
        "outside": duties_count(actor=actor, now=now),
        "replies": beside.replies,
        "gate_overdue": overdue_count(actor=actor, now=now),
        "urgent": counts.tabs[0],
        "numbers": counts.tabs[1:],
        "rounds_missed": counts.rounds_missed,
        "backlog": [BacklogRow(row, (now - row.since).days) for row in backlog.groups],
        "most_of_backlog": MOST_LOOKED_AT if backlog.is_cut else None,
        "rows": [_row(group, now) for group in overdue.groups],
        "most_overdue": MOST_OVERDUE if overdue.is_cut else None,
    }
    return staff_page(request, "today", context, section="today", unread=counts.unread)


def _row(group: OverdueGroup, now: datetime) -> OverdueRow:
    chosen = urlencode({"tab": Tab.OVERDUE.value, "office": group.office.id, "clock": group.clock})
    return OverdueRow(
        group=group,
        clock=str(CLOCK_NAMES[group.clock]),
        due=due_of(at=group.since, now=now),
        holders=group.holders[:MOST_NAMES],
        others=max(0, len(group.holders) - MOST_NAMES),
        address=f"{reverse('portal:tickets')}?{chosen}",
    )
