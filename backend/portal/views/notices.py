"""The page that lists the reader's notices, and reading them by hand."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive

from backend.common.clock import database_now
from backend.notifications.selectors import notices_of
from backend.notifications.services import notices_mark_read
from backend.portal.access import staff_only
from backend.portal.cards import notice_cards
from backend.portal.listing import listing
from backend.portal.notice_groups import notice_groups
from backend.portal.pages import staff_page
from backend.portal.place import place_back
from backend.portal.requests import StaffRequest
from backend.portal.selectors import report_ids

MOST_AT_ONCE = 100


@staff_only
def notices(request: StaffRequest) -> HttpResponse:
    """Show what the reader was told, newest first and by ticket, with the new ones marked; showing them reads none."""
    # The clock is read before the list, so that a notice which comes in between is not among what is read with it.
    now = database_now()
    found = listing(request, notices_of(actor=request.actor), ordering=("-created_at", "id"))
    reported = report_ids(actor=request.actor, notices=found.rows)
    cards = notice_cards(actor=request.actor, notices=found.rows, report_ids=reported)
    context = {
        "listing": found,
        "groups": notice_groups(cards=cards),
        "place": request.get_full_path(),
        "shown_at": now.isoformat(),
    }
    return staff_page(request, "notices", context, section="notices")


@staff_only
def notices_read(request: StaffRequest) -> HttpResponse:
    """Mark the notices that a form names as read, or all that its page could show; then go back to the list."""
    if request.method == "POST":
        now = database_now()
        if "all" in request.POST:
            notices_mark_read(actor=request.actor, now=_shown_at(request.POST.get("shown_at", ""), now))
        else:
            chosen = list(_ids(request.POST.getlist("notice")))
            notices_mark_read(actor=request.actor, now=now, notice_ids=chosen)
    return redirect(place_back(request, page="portal:notices") or "portal:notices")


def _shown_at(text: str, now: datetime) -> datetime:
    """Return when the page was made, never later than now."""
    try:
        given = parse_datetime(text)
    except ValueError:
        given = None
    return now if given is None or is_naive(given) else min(given, now)


def _ids(texts: Sequence[str]) -> Iterator[UUID]:
    for text in texts[:MOST_AT_ONCE]:
        try:
            yield UUID(text)
        except ValueError:
            continue
