"""The news of a list that somebody has open: the tickets its page would have now, each with its version."""

from hashlib import sha256

from django.http import HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response

from backend.common.clock import database_now
from backend.organisation.permissions import Permission
from backend.portal.access import permitted
from backend.portal.inbox import order_asked, rows_asked, tab_chosen
from backend.portal.listing import listing
from backend.portal.requests import StaffRequest


@permitted(Permission.STAFF, notes_use=False)
def ticket_news(request: StaffRequest) -> HttpResponse:
    """Answer what the page of this address shows now, or 304 where the page that asks shows the same.

    The tag is made of what the reader may see and nothing else, so that it tells nothing of other tickets.
    """
    now, actor = database_now(), request.actor
    tab = tab_chosen(actor=actor, name=request.GET.get("tab"))
    rows = rows_asked(actor=actor, tab=tab, query=request.GET, now=now).tickets
    found = listing(request, rows, ordering=order_asked(request.GET))
    shown = {str(ticket.id): ticket.version for ticket in found.rows}
    tag = f'"{sha256(repr(shown).encode()).hexdigest()[:32]}"'
    answer = JsonResponse({"tickets": shown}, headers={"ETag": tag})
    return get_conditional_response(request, etag=tag, response=answer) or answer
