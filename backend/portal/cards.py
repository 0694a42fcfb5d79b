"""Reports, clocks and notices as pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from backend.deadlines.models import Timer
from backend.incidents.models import Report
from backend.incidents.selectors import DatePromised
from backend.incidents.selectors import Promise as Promised
from backend.notifications.models import Notice
from backend.notifications.rendering import sentences_of
from backend.notifications.sentences import (
    BULLETIN_TOLD,
    FIGURES_EXPORTED,
    ROUND_UNANSWERED,
    tells_reporter,
)
from backend.organisation.actors import Actor
from backend.portal.due import Due, due_of
from backend.portal.next_for_reporter import next_for_reporter
from backend.portal.sentences import listed
from backend.rulebook.ruleset import ClockName, Confidentiality, Severity
from backend.rulebook.selectors import ruleset_get
from backend.rulebook.words import CLOCK_NAMES
from backend.workflow.models import ReporterMode, Ticket
from backend.workflow.policy import reporter_may_open
from backend.workflow.selectors import category_name
from backend.workflow.states import State

STATE_ICONS: dict[State, str] = {
    State.RECEIVED: "inbox",
    State.ROUTED: "arrow",
    State.ACKNOWLEDGED: "eye",
    State.IN_PROGRESS: "tool",
    State.WAITING: "clock",
    State.RESOLVED: "check",
    State.CLOSED: "check",
    State.DECLINED: "back",
    State.MERGED: "arrow",
}


def is_chinese() -> bool:
    """Say whether the reader reads Chinese."""
    return not (get_language() or "").startswith("en")


def reported_by(*, ticket: Ticket, is_named: bool) -> str:
    """Return by whom a ticket was reported, as far as the name is told; a cluster of illness, by nobody."""
    if ticket.reporter is None:
        return _("Anonymous") if ticket.reporter_mode == ReporterMode.ANONYMOUS else _("The system")
    return ticket.reporter.name if is_named else _("Name withheld")


@dataclass(frozen=True, slots=True)
class ReportCard:
    """One's own report, with the state its ticket is in."""

    report: Report
    title: str
    state: str
    state_icon: str
    is_sealed: bool
    office: str
    next_step: str
    is_asked: bool
    """True while a question to the reporter is open."""


def report_card(*, report: Report, can_act: bool, now: datetime) -> ReportCard:
    """Return a report as its reporter sees it; of a ticket that is not theirs to open the state, as it was reported."""
    ticket = report.ticket
    state = State(ticket.state)
    is_sealed = not reporter_may_open(confidentiality=ticket.confidentiality)
    is_open = not (is_sealed or report.concerns_reporter)
    return ReportCard(
        report=report,
        title=category_name(ticket, chinese=is_chinese(), code=None if is_open else report.category),
        state=str(state.label),
        state_icon=STATE_ICONS[state],
        is_sealed=is_sealed,
        office=ticket.owner.name if is_open else "",
        next_step=next_for_reporter(report=report, can_act=can_act, now=now),
        is_asked=is_open and can_act and report.is_asked,
    )


@dataclass(frozen=True, slots=True)
class Declining:
    """That somebody proposes to decline a ticket, and why."""

    who: str
    reason: str


def declining(*, ticket: Ticket) -> Declining | None:
    """Return an open proposal to decline a ticket."""
    proposed = ticket.declining
    return Declining(proposed.proposed_by.name, proposed.reason) if proposed else None


@dataclass(frozen=True, slots=True)
class AlikeCard:
    """A ticket suggested as the same matter: its category, its words, and the page on which the reader follows it."""

    ticket: Ticket
    title: str
    address: str


def alike_card(*, ticket: Ticket) -> AlikeCard:
    """Return a ticket as it is suggested to somebody who is about to report the same."""
    own: UUID | None = ticket.own_report  # type: ignore[attr-defined]  # the selector's
    address = reverse("portal:report_detail", args=[own]) if own else reverse("portal:ticket_detail", args=[ticket.id])
    return AlikeCard(ticket, category_name(ticket, chinese=is_chinese()), address)


PROMISED: dict[ClockName, Promise] = {
    ClockName.ACKNOWLEDGE: gettext_lazy("Somebody confirms they have seen it"),
    ClockName.ANSWER: gettext_lazy("You have an answer"),
    ClockName.RESOLVE: gettext_lazy("It should be solved"),
    ClockName.VERIFY: gettext_lazy("Somebody checks whether it is solved"),
}


@dataclass(frozen=True, slots=True)
class PromiseCard:
    """One thing a reporter can count on, and by when."""

    what: str
    due: Due | None


def promise_card(*, promise: Promised, now: datetime) -> list[PromiseCard]:
    """Return what a reporter can count on, the soonest first; an answer is none once it is to be solved before."""
    due = dict(promise.due)
    if promise.resolve_by and promise.resolve_by <= due.get(ClockName.ANSWER, promise.resolve_by):
        due.pop(ClockName.ANSWER, None)
    return [PromiseCard(str(PROMISED[clock]), due_of(at=at, now=now)) for clock, at in due.items() if clock in PROMISED]


@dataclass(frozen=True, slots=True)
class PromisedCard:
    """The date that is promised to a reporter: how long it is until then, and why it is not sooner."""

    due: Due | None
    reason: str
    changes: int


def promised_card(*, promised: DatePromised | None, now: datetime) -> PromisedCard | None:
    """Return a promised date as its reporter's page shows it."""
    if promised is None:
        return None
    return PromisedCard(due_of(at=promised.due_at, now=now), promised.reason, promised.changes)


@dataclass(frozen=True, slots=True)
class ClockCard:
    """A running clock: what has to happen, by when, and whom its ladder tells next and when."""

    label: str
    due: Due | None
    next_at: datetime
    next_roles: str


def clock_card(*, ticket: Ticket, timer: Timer, now: datetime) -> ClockCard:
    """Return a clock as the ticket's page shows it."""
    ruleset = ruleset_get(ticket.rulebook_id)
    steps = ruleset.rungs_to_tell(
        category=ticket.category,
        severity=Severity(ticket.severity),
        confidentiality=Confidentiality(ticket.confidentiality),
        clock=ClockName(timer.clock),
        rung=timer.rung,
        at_night=ruleset.is_night(at=timer.due_at, zone=ticket.school.time_zone),
    )
    roles = dict.fromkeys(role for step in steps for role in step.tell)
    deputies = any(step.deputies for step in steps)
    named = listed([str(role.label) for role in roles])
    return ClockCard(
        label=str(CLOCK_NAMES[timer.clock]),
        due=due_of(at=timer.ladder[0], now=now),
        next_at=timer.due_at,
        next_roles=_("the deputies of: %(roles)s") % {"roles": named} if deputies else named,
    )


@dataclass(frozen=True, slots=True)
class NoticeCard:
    """One thing a person was told."""

    notice: Notice
    sentence: str
    subject: str
    report_id: UUID | None
    instead_of: str = ""
    address: str = ""
    """Of the page that a notice about no ticket leads to."""


PAGES_OF_NEWS = {
    FIGURES_EXPORTED: "portal:figure_files",
    ROUND_UNANSWERED: "portal:rounds",
    BULLETIN_TOLD: "portal:bulletins",
}
"""The pages to which news without a ticket leads."""


def notice_cards(*, actor: Actor, notices: Sequence[Notice], report_ids: Mapping[UUID, UUID]) -> list[NoticeCard]:
    """Return notices as a list shows them; those about confidential tickets say only that something waits."""
    own = {notice.id: report_ids.get(notice.ticket_id) for notice in notices if notice.ticket_id}
    sentences = sentences_of(actor=actor, notices=notices)
    return [_notice_card(notice, sentences[notice.id], own.get(notice.id)) for notice in notices]


def _notice_card(notice: Notice, sentence: str, own_report_id: UUID | None) -> NoticeCard:
    ticket = notice.ticket
    if ticket is None:
        page = reverse(PAGES_OF_NEWS[notice.kind]) if notice.kind in PAGES_OF_NEWS else ""
        address = notice.params.get("path", page)
        return NoticeCard(notice, sentence, "", None, address=address)
    to_reporter = tells_reporter(kind=notice.kind, is_reporter=own_report_id is not None)
    may_open: bool = notice.may_open  # type: ignore[attr-defined]  # the selector's
    report_id = own_report_id if to_reporter or not may_open else None
    subject = ""
    if ticket.confidentiality == Confidentiality.K0:
        place = [ticket.place.name] if ticket.place else []
        subject = " · ".join([ticket.reference, category_name(ticket, chinese=is_chinese()), *place])
    instead_of = notice.instead_of.name if notice.instead_of else ""
    return NoticeCard(notice, sentence, subject, report_id, instead_of)
