"""The page that lists the reader's notices."""

from django.http import HttpResponse

from backend.common.clock import database_now
from backend.notifications.selectors import notices_of
from backend.notifications.services import notices_mark_read
from backend.portal.access import staff_only
from backend.portal.cards import notice_cards
from backend.portal.listing import listing
from backend.portal.pages import staff_page
from backend.portal.requests import StaffRequest
from backend.portal.selectors import report_ids


@staff_only
def notices(request: StaffRequest) -> HttpResponse:
    """Show what the reader was told, newest first, with the new ones marked; having been shown, they count as read."""
    # The clock is read before the list, so that a notice which comes in between stays unread.
    now = database_now()
    found = listing(request, notices_of(actor=request.actor), ordering=("-created_at", "id"))
    cards = notice_cards(notices=found.rows, report_ids=report_ids(actor=request.actor, notices=found.rows))
    if found.previous_url is None and request.method == "GET":
        notices_mark_read(actor=request.actor, now=now)
    return staff_page(request, "notices", {"listing": found, "cards": cards}, section="notices")
