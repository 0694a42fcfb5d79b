"""Filing a report, adding to it and taking it back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from backend.files.models import Upload
from backend.files.services import UploadDraft
from backend.incidents.errors import ReadByCaseTeam, TooManyAmendments
from backend.incidents.models import Report, ReportAmendment
from backend.incidents.selectors import can_change
from backend.organisation.actors import ANONYMOUS, Actor
from backend.organisation.permissions import Permission
from backend.workflow.action_input import ActionInput
from backend.workflow.actions.withdraw import WITHDRAW
from backend.workflow.errors import AmendingTooLate, InTheFuture, NoLongerOpen, TooLongAgo
from backend.workflow.merging import goes_on_elsewhere
from backend.workflow.models import Ticket
from backend.workflow.policy import reporter_may_open
from backend.workflow.selectors import ticket_lock_of_reporter
from backend.workflow.services import (
    TicketDraft,
    ticket_act_on,
    ticket_amend,
    ticket_draw_up,
    ticket_draw_up_alone,
    ticket_file_begin,
    ticket_join,
    ticket_open,
)
from backend.workflow.states import OVER, State

CLOCK_TOLERANCE = timedelta(minutes=5)
"""A phone's clock may run ahead of the server's by this much."""
OLDEST = timedelta(days=3653)
MOST_AMENDMENTS = 50


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf somebody files, and how to reach them; both empty when it is their own report."""

    name: str = ""
    contact: str = ""


OWN = Caller()


@transaction.atomic(savepoint=False)
def report_file(
    *, actor: Actor, draft: TicketDraft, now: datetime, caller: Caller = OWN, report_id: UUID | None = None
) -> Report:
    """Store what was filed and open its ticket, both or neither; routing, broker and calendar are not needed for it.

    A form gives the id that follows from what it sends, so that it is known for good that it was sent.
    """
    _check(actor, draft, now)
    ticket = ticket_draw_up(actor=actor, draft=draft, now=now)
    report = _report_of(ticket, draft, report_id, caller)
    report.concerns_reporter = actor.person_id in draft.persons_concerned
    report.opens_ticket = not report.concerns_reporter
    ticket_open(
        actor=actor,
        ticket=ticket,
        persons_concerned=draft.persons_concerned,
        answers=draft.answers,
        now=now,
        beside=[report],
    )
    if draft.earlier:
        report.ticket = ticket_join(actor=actor, ticket_id=ticket.id, earlier=draft.earlier, now=now)
    return report


@transaction.atomic(savepoint=False)
def report_file_unnamed(*, school_id: UUID, draft: TicketDraft, now: datetime, report_id: UUID) -> Report:
    """Store what somebody reports to a school without their name, and open its ticket, both or neither."""
    _check_instant(draft, now)
    ticket = ticket_draw_up_alone(school_id=school_id, draft=draft, now=now)
    report = _report_of(ticket, draft, report_id, OWN)
    ticket_open(actor=ANONYMOUS, ticket=ticket, answers=draft.answers, now=now, beside=[report])
    return report


def _report_of(ticket: Ticket, draft: TicketDraft, report_id: UUID | None, caller: Caller) -> Report:
    return Report(
        id=report_id or uuid4(),
        ticket=ticket,
        reporter_id=ticket.reporter_id,
        category=draft.category,
        place=ticket.place,
        occurred_at=draft.occurred_at,
        description=draft.description,
        filed_at=ticket.filed_at,
        reporter_mode=ticket.reporter_mode,
        caller_name=caller.name,
        caller_contact=caller.contact,
        is_exercise=draft.is_exercise,
        answers=dict(draft.answers),
    )


def _check(actor: Actor, draft: TicketDraft, now: datetime) -> None:
    _check_instant(draft, now)
    if draft.is_exercise:
        actor.require(Permission.EXERCISE_FILE, pointer="/exercise")


def _check_instant(draft: TicketDraft, now: datetime) -> None:
    if draft.occurred_at > now + CLOCK_TOLERANCE:
        raise InTheFuture(pointer="/occurred_at")
    if draft.occurred_at < now - OLDEST:
        raise TooLongAgo(pointer="/occurred_at")


@transaction.atomic(savepoint=False)
def report_amend(*, actor: Actor, report: Report, text: str, now: datetime) -> ReportAmendment:
    """Add words to one's own report until somebody takes care of it; what was filed stays as it was."""
    ticket = _lock_unseen(actor=actor, ticket_id=report.ticket_id)
    if report.amendments.count() >= MOST_AMENDMENTS:
        raise TooManyAmendments
    ticket_amend(actor=actor, ticket=ticket, text=text, now=now)
    return ReportAmendment.objects.create(report=report, text=text, added_at=now)


@transaction.atomic(savepoint=False)
def report_withdraw(*, actor: Actor, report: Report, note: str, now: datetime) -> None:
    """Take one's own report back until somebody takes care of it; the report and its ticket are kept, closed."""
    ticket_act_on(
        actor=actor,
        ticket_id=report.ticket_id,
        action=WITHDRAW,
        said=lambda: ActionInput(note=note),
        now=now,
        lock=_lock_unseen,
    )


def report_file_begin(*, actor: Actor, report: Report, said: Callable[[], UploadDraft], now: datetime) -> Upload:
    """Announce a photo for one's own report, a sealed one too, until its ticket, or the one it went into, is over."""
    return ticket_file_begin(actor=actor, ticket_id=report.ticket_id, said=said, now=now, lock=_lock_open)


def _lock_open(*, actor: Actor, ticket_id: UUID) -> Ticket:
    ticket = ticket_lock_of_reporter(actor=actor, ticket_id=ticket_id)
    if State(ticket.state) in OVER and not goes_on_elsewhere(ticket=ticket):
        raise NoLongerOpen
    return ticket


def _lock_unseen(*, actor: Actor, ticket_id: UUID) -> Ticket:
    ticket = ticket_lock_of_reporter(actor=actor, ticket_id=ticket_id)
    if can_change(ticket=ticket):
        return ticket
    if State(ticket.state) in OVER:
        raise NoLongerOpen
    raise AmendingTooLate if reporter_may_open(confidentiality=ticket.confidentiality) else ReadByCaseTeam
