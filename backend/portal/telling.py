"""A ticket's timeline with the names it needs."""

from backend.portal.selectors import names_of_offices, names_of_people
from backend.portal.sentences import Line, Names, ids_named, lines_of
from backend.workflow.models import Ticket
from backend.workflow.selectors import timeline


def timeline_lines(*, ticket: Ticket, in_full: bool) -> list[Line]:
    """Return what happened to a ticket the reader was let in to, newest first; three queries whatever its length."""
    events = timeline(ticket=ticket)
    people, offices = ids_named(events)
    names = Names(names_of_people(ids=people), names_of_offices(ids=offices))
    return lines_of(ticket=ticket, events=events, names=names, in_full=in_full)[::-1]
