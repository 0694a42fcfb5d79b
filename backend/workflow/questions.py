"""Questions about a ticket: asked of its reporter or of somebody outside, and answered by one of them or for them."""

from datetime import datetime

from django.db.models import QuerySet

from backend.accounts.links import LinkDead, link_digest
from backend.rulebook.ruleset import ClockName
from backend.workflow.change import TicketChange
from backend.workflow.models import OutsideQuestion, Ticket, TicketPart
from backend.workflow.states import OVER


def outside_of(part: TicketPart) -> OutsideQuestion | None:
    """Return to whom outside a question goes; None for one to the reporter, and for any other part."""
    found: OutsideQuestion | None = getattr(part, "outside", None)
    return found


def reporters_questions() -> QuerySet[TicketPart]:
    """Return the open questions that go to reporters."""
    return TicketPart.objects.filter(kind=ClockName.QUESTION, ended_at=None, outside=None)


def question_by_link(*, token: str, now: datetime) -> OutsideQuestion:
    """Return the question that a link opens; raise LinkDead where it is over, too old, or none of ours."""
    found = OutsideQuestion.objects.select_related("part__ticket__school")
    question = found.filter(digest=link_digest(token=token), part__ended_at=None, expires_at__gt=now).first()
    if question is None or is_over(question.part.ticket):
        raise LinkDead
    return question


def is_over(ticket: Ticket) -> bool:
    """Say whether nothing more is asked about a ticket."""
    return ticket.state in OVER


def links_end(*, change: TicketChange) -> None:
    """End the links to questions of a ticket that became strictly confidential: whoever made them has lost sight of it.

    The questions stay, and those who may know of it now can make other links.
    """
    for part in change.situation.parts:
        question = outside_of(part)
        if question is not None and question.digest is not None:
            question.digest = question.expires_at = None
            change.keeps(question)
