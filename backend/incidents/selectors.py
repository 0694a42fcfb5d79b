"""Reads of reports; people see their own, and those who see a ticket the reports behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Value,
    prefetch_related_objects,
)

from backend.common.errors import NotFound
from backend.incidents.models import Report, ReportAmendment
from backend.organisation.actors import Actor
from backend.rulebook.ruleset import ClockName, Confidentiality
from backend.rulebook.selectors import ruleset_get
from backend.rulebook.short_questions import Answered, answered
from backend.workflow.asked import dates_named, promise_open
from backend.workflow.clocks import timers_of_tickets
from backend.workflow.merged import merges_shown
from backend.workflow.models import PublishedResult, Ticket, TicketParticipant
from backend.workflow.policy import Part, opened_to, reporter_may_open
from backend.workflow.questions import reporters_questions
from backend.workflow.relation_groups import UNSEEN
from backend.workflow.results import result_of
from backend.workflow.selectors import ticket_is_visible
from backend.workflow.states import OVER, State

OPENS_TICKET = "opens_ticket"
"""The attribute of a report that says whether its reporter may go on to its ticket."""
OPENED = [each.value for each in Confidentiality if reporter_may_open(confidentiality=each)]
"""The classes of which reporters may open the tickets."""
CONCERNS_REPORTER = "concerns_reporter"
"""The attribute of a report that says whether it names its own reporter as concerned."""
IS_ASKED = "is_asked"
"""The attribute of a report that says whether its reporter is asked a question that is open."""


def reports_of(*, actor: Actor) -> QuerySet[Report]:
    """Return the reports the actor filed, with their tickets; one that concerns the actor opens nothing to them.

    Another program reads those alone whose tickets never were confidential.
    """
    reports = Report.objects.filter(reporter=actor.person_id)
    if actor.through:
        reports = reports.filter(ticket__seal=Confidentiality.K0)
    reports = reports.select_related("ticket__owner", "ticket__last_wait", "ticket__school__intake_unit", "place")
    concerned = Exists(TicketParticipant.objects.filter(ticket=OuterRef("ticket"), person=actor.person_id))
    is_open = ~concerned if actor.posts else Value(value=False)
    asked = Q(ticket__part_count__gt=0) & Exists(reporters_questions().filter(ticket=OuterRef("ticket")))
    said = {OPENS_TICKET: is_open, CONCERNS_REPORTER: concerned, IS_ASKED: asked}
    return reports.annotate(**{name: ExpressionWrapper(each, BooleanField()) for name, each in said.items()})


def reports_changed(*, reports: QuerySet[Report], since: datetime) -> QuerySet[Report]:
    """Keep the reports that were filed, or whose ticket changed, at an instant or later.

    Where the ticket is not the reporter's to open the report stays: that it is worked on is nothing to tell.
    """
    sealed = Q(**{OPENS_TICKET: False}) | ~Q(ticket__confidentiality__in=OPENED)
    return reports.filter(sealed | Q(ticket__updated_at__gte=since))


def report_get(*, actor: Actor, report_id: UUID) -> Report:
    """Return a report the actor filed, or NotFound."""
    report = reports_of(actor=actor).filter(id=report_id).first()
    if report is None:
        raise NotFound
    return report


def report_is_open(*, actor: Actor, report_id: UUID, occurred_at: datetime, within: timedelta) -> bool:
    """Say whether a report is one of the actor's, of about that time, whose ticket is not closed or declined.

    One that went into another ticket is told already, too.
    """
    own = reports_of(actor=actor).filter(id=report_id).exclude(ticket__state__in=OVER - {State.MERGED})
    stored = own.values_list("occurred_at", flat=True).first()
    return stored is not None and abs(stored - occurred_at) <= within


MOST_LOOKED_AT = 20
MOST_USED = 3


@dataclass(frozen=True, slots=True)
class LastUsed:
    """The categories and places a person reported last, the latest first."""

    categories: list[str]
    places: list[UUID]


def last_used(*, actor: Actor) -> LastUsed:
    """Return up to three categories and places of the actor's last reports."""
    rows = Report.objects.filter(reporter=actor.person_id).order_by("-filed_at", "id")[:MOST_LOOKED_AT]
    categories: dict[str, None] = {}
    places: dict[UUID, None] = {}
    for report in rows.only("category", "place"):
        categories[report.category] = None
        if report.place_id is not None:
            places[report.place_id] = None
    return LastUsed(list(categories)[:MOST_USED], list(places)[:MOST_USED])


def report_still_shown(*, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Return a stored answer about one's own report, without the ticket where it is not the reporter's to open now."""
    is_open = body["ticket"] and ticket_is_visible(actor=actor, ticket_id=UUID(body["ticket"]))
    return body if is_open else {**body, "ticket": None}


def can_change(*, ticket: Ticket) -> bool:
    """Say whether a ticket's reporter can still add to the report or take it back."""
    return State(ticket.state) in UNSEEN


def amendments_of(*, report: Report) -> list[ReportAmendment]:
    """Return what was added to a report the actor was let in to, first to last."""
    return list(report.amendments.order_by("added_at", "id"))


def answers_of(*, report: Report) -> list[Answered]:
    """Return what a report answers to the questions of its category, by the rules its ticket pins; no query."""
    questions = ruleset_get(report.ticket.rulebook_id).categories[report.category].questions
    return answered(questions=questions, answers=report.answers)


@dataclass(frozen=True, slots=True)
class Promise:
    """The times a reporter can count on, the soonest first; None for what has happened or has no clock."""

    due: dict[ClockName, datetime]

    @property
    def acknowledge_by(self) -> datetime | None:
        """By when somebody confirms to have seen it."""
        return self.due.get(ClockName.ACKNOWLEDGE)

    @property
    def resolve_by(self) -> datetime | None:
        """By when it is to be solved."""
        return self.due.get(ClockName.RESOLVE)

    @property
    def verify_by(self) -> datetime | None:
        """By when somebody looks whether it is."""
        return self.due.get(ClockName.VERIFY)

    @property
    def next(self) -> dict[str, object] | None:
        """What is due first."""
        return next(({"what": clock, "by": at} for clock, at in self.due.items()), None)


def promise_of(*, report: Report) -> Promise:
    """Return the due times of the clocks that run on a report's ticket, in one query."""
    timers = timers_of_tickets(ticket_ids=[report.ticket_id]).filter(armed=True)
    due = sorted((timer.ladder[0], timer.clock) for timer in timers)
    return Promise({ClockName(clock): at for at, clock in due})


@dataclass(frozen=True, slots=True)
class DatePromised:
    """The date by which the office promised to solve it, why not sooner, and how often that was changed."""

    due_at: datetime
    reason: str
    changes: int


def date_promised(*, report: Report) -> DatePromised | None:
    """Return the promise that stands on a report's ticket; None without one, or where the ticket is not the reporter's.

    A ticket about which nothing was ever asked costs no statement.
    """
    ticket = report.ticket
    if not (report.opens_ticket and reporter_may_open(confidentiality=ticket.confidentiality)):
        return None
    promise = promise_open(ticket)
    if promise is None:
        return None
    dates = dates_named(promise)
    return DatePromised(promise.due_at, dates[-1].reason, len(dates) - 1)


def result_published(*, report: Report) -> PublishedResult | None:
    """Return what was published of one's own report; None where the ticket is not the reporter's to open."""
    is_open = report.opens_ticket and reporter_may_open(confidentiality=report.ticket.confidentiality)
    return result_of(ticket=report.ticket) if is_open else None


@dataclass(frozen=True, slots=True)
class ReportBehind:
    """A report behind a ticket as those who see the ticket read it."""

    report: Report
    amendments: Sequence[ReportAmendment]
    shows_caller: bool


def reports_behind(*, actor: Actor, ticket: Ticket) -> list[ReportBehind]:
    """Return the reports of a ticket the actor was let in to, with those of what was merged into it.

    Who called is told only where the report's own ticket opens that to the actor.
    """
    tickets = {row.id: row for row in (ticket, *(merge.ticket for merge in merges_shown(actor=actor, ticket=ticket)))}
    is_amended = Exists(ReportAmendment.objects.filter(report=OuterRef("pk")))
    behind = Report.objects.filter(ticket__in=tickets).annotate(is_amended=is_amended)
    reports = list(behind.order_by("filed_at", "id"))
    for report in reports:
        report.ticket = tickets[report.ticket_id]
    prefetch_related_objects([report for report in reports if report.is_amended], "amendments")
    return [
        ReportBehind(
            report,
            sorted(report.amendments.all(), key=_when_added) if report.is_amended else (),
            shows_caller=Part.CALLER in opened_to(actor=actor, ticket=report.ticket)
            or report.reporter_id == actor.person_id,
        )
        for report in reports
    ]


def _when_added(amendment: ReportAmendment) -> tuple[datetime, UUID]:
    return amendment.added_at, amendment.id
