"""Reviews of the cause: due once what was most urgent, or what came back, is closed; read with their ticket."""

from uuid import UUID

from django.db.models.query import QuerySet

from backend.rulebook.ruleset import ClockName, Severity
from backend.workflow.change import TicketChange
from backend.workflow.handing import asked_beyond
from backend.workflow.models import CauseReview, Ticket, TicketPart
from backend.workflow.parts import part_ask


def is_review_due(ticket: Ticket) -> bool:
    """Say whether the cause of a ticket has to be looked for: it is one of the most urgent, or came back."""
    return ticket.severity == Severity.P1 or ticket.recurs


def review_ask(*, change: TicketChange) -> None:
    """Ask the office of a ticket that is being closed for its cause; once, however often it is reopened.

    Of class K2 its lead is asked. A drill is over when it is over.
    """
    ticket = change.ticket
    if not is_review_due(ticket) or ticket.is_exercise:
        return
    if ticket.part_count and TicketPart.objects.filter(ticket=ticket, kind=ClockName.REVIEW).exists():
        return
    office, role = asked_beyond(ticket=ticket)
    part = TicketPart(
        ticket=ticket,
        kind=ClockName.REVIEW,
        office=office,
        role=role,
        asked_at=change.now,
    )
    part_ask(change=change, part=part, until=None)


def review_of(*, ticket: Ticket) -> CauseReview | None:
    """Return what was found to be its cause; None while it was not looked for."""
    reviews = CauseReview.objects.select_related("reviewed_by", "approved_by")
    return reviews.filter(ticket=ticket).first()


def reviews_open() -> "QuerySet[TicketPart, UUID]":
    """Return the ids of the tickets, whosever, whose cause is asked for and not found yet."""
    return TicketPart.objects.filter(kind=ClockName.REVIEW, ended_at=None).values_list("ticket", flat=True)


def lesson_take_back(*, change: TicketChange) -> None:
    """Have a lesson wait for another approval where its ticket became strictly confidential since it was published."""
    if not change.ticket.part_count:
        return
    review = CauseReview.objects.filter(ticket=change.ticket, approved_at__isnull=False).first()
    if review is not None:
        review.approved_by_id = review.approved_at = None
        change.keeps(review)
