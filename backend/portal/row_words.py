"""The words of a ticket, as far as a row of a list has room for them."""

from collections.abc import Callable

from django.utils.text import Truncator

from backend.common.sealed.folder import ContentsLocked
from backend.workflow.models import Ticket

LINE = 90


def row_words(ticket: Ticket) -> str:
    """Return the beginning of a ticket's words, in one line."""
    return Truncator(" ".join(opened(lambda: ticket.description).split())).chars(LINE)


def opened(read: Callable[[], str]) -> str:
    """Return words that may be sealed; where they cannot be opened that is said, and the other rows stand."""
    try:
        return read()
    except ContentsLocked as error:
        return str(error.title)
