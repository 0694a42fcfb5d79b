"""The place in the list of tickets from which somebody came: tab, filters, page and row, to go back to after a step."""

from urllib.parse import urlencode, urlsplit, urlunsplit

from django.http import HttpRequest
from django.urls import reverse

LONGEST = 1000


def place_of(request: HttpRequest) -> str:
    """Return where in the list the reader came from, by the form, the address or the page before; empty for nowhere."""
    given = (request.POST.get("from"), request.GET.get("from"), request.META.get("HTTP_REFERER"))
    return next((place for text in given if text and (place := _place(request, text))), "")


def place_back(request: HttpRequest, *, page: str = "portal:tickets") -> str:
    """Return where in a list a form says that it goes on afterwards; empty where it says nothing."""
    text = request.POST.get("back", "")
    return _place(request, text, page) if text else ""


def ticket_address(*, ticket_id: object, place: str) -> str:
    """Return the address of a ticket's page that remembers the place."""
    address = reverse("portal:ticket_detail", args=[ticket_id])
    return f"{address}?{urlencode({'from': place})}" if place else address


def _place(request: HttpRequest, text: str, page: str = "portal:tickets") -> str:
    """Return an address of the list without its host; empty for any other address."""
    if len(text) > LONGEST:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    is_here = (not parts.scheme and not parts.netloc) or parts.netloc == request.get_host()
    if not is_here or parts.path != reverse(page):
        return ""
    return urlunsplit(("", "", parts.path, parts.query, parts.fragment))
