"""A ticket's timeline with the names it needs."""

from collections.abc import Collection

from backend.portal.cards import is_chinese
from backend.portal.selectors import names_of_offices, names_of_people, names_of_places
from backend.portal.sentences import Line, Names, ids_named, lines_of
from backend.workflow.models import Ticket
from backend.workflow.policy import Part
from backend.workflow.selectors import category_names, timeline


def timeline_lines(*, ticket: Ticket, opened: Collection[Part]) -> list[Line]:
    """Return what happened to a ticket the reader was let in to, newest first; four queries whatever its length."""
    events = timeline(ticket=ticket)
    named = ids_named(events)
    names = Names(
        names_of_people(ids=named.people),
        names_of_offices(ids=named.offices),
        names_of_places(ids=named.places),
        category_names(ticket, chinese=is_chinese()),
    )
    return lines_of(ticket=ticket, events=events, names=names, opened=opened)[::-1]
