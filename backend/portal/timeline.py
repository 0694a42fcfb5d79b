"""A ticket's timeline with the names it needs."""

from collections.abc import Collection, Sequence

from backend.portal.cards import is_chinese
from backend.portal.selectors import names_in_ledger
from backend.portal.sentences import Line, Names, body_of, ids_named, lines_of
from backend.rulebook.selectors import ruleset_get
from backend.rulebook.short_questions import Answered, answered
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.policy import Part
from backend.workflow.selectors import category_names, timeline


def timeline_lines(
    *, ticket: Ticket, opened: Collection[Part], events: Sequence[TicketEvent] | None = None
) -> list[Line]:
    """Return what happened to a ticket the reader was let in to, newest first; two statements whatever its length.

    One, where the caller has read its events.
    """
    events = timeline(ticket=ticket) if events is None else events
    named = ids_named(events)
    known = names_in_ledger(people=named.people, offices=named.offices, places=named.places)
    names = Names(known, category_names(ticket, chinese=is_chinese()), _answers(ticket, events))
    return lines_of(ticket=ticket, events=events, names=names, opened=opened)[::-1]


def _answers(ticket: Ticket, events: Sequence[TicketEvent]) -> dict[str, Answered]:
    """Return what the reporter answered, as the first event says it, by the keys of the questions."""
    body = body_of(events[0]) if events else {}
    given = body.get("answers", {})
    questions = ruleset_get(ticket.rulebook_id).categories[body["category"]].questions if given else ()
    return {each.question.key: each for each in answered(questions=questions, answers=given)}
