"""The words that tell reporters what happens next with their own report, in every state of its ticket. Pure."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from backend.incidents.models import Report
from backend.portal.due import moment
from backend.workflow.facts import CONTESTING_TIME, REOPENING_TIME
from backend.workflow.models import NEVER_DUE, Ticket
from backend.workflow.policy import reporter_may_open
from backend.workflow.states import State

NEXT: dict[State, Promise] = {
    State.RECEIVED: gettext_lazy(
        "It is with %(office)s and goes on to the office that answers for it. "
        "Somebody there confirms by %(time)s that they have seen it."
    ),
    State.ROUTED: gettext_lazy("It is with %(office)s. Somebody there confirms by %(time)s that they have seen it."),
    State.ACKNOWLEDGED: gettext_lazy("%(office)s has seen it and takes care of it. Next deadline: %(time)s."),
    State.IN_PROGRESS: gettext_lazy("%(office)s is working on it. Next deadline: %(time)s."),
    State.WAITING: gettext_lazy(
        "%(office)s waits for %(party)s since %(since)s, at most until %(until)s. Then the work goes on."
    ),
    State.RESOLVED: gettext_lazy("%(office)s says that it is solved. Please look, and say below whether it really is."),
    State.CLOSED: gettext_lazy(
        "It was checked and closed. Please say below whether it is solved. "
        "If the problem comes back by %(reopen)s, reopen it here."
    ),
    State.DECLINED: gettext_lazy(
        "It was declined; the reason stands in what happened so far. If you see it differently, say so by %(contest)s."
    ),
    State.MERGED: gettext_lazy(
        "It was put together with an earlier report about the same, and goes on there. You hear what becomes of it."
    ),
}
OVERDUE: dict[State, Promise] = {
    **dict.fromkeys(
        (State.RECEIVED, State.ROUTED),
        gettext_lazy(
            "It is with %(office)s. Nobody has confirmed by %(time)s that they have seen it, so it goes up to the next "
            "person."
        ),
    ),
    **dict.fromkeys(
        (State.ACKNOWLEDGED, State.IN_PROGRESS),
        gettext_lazy("%(office)s has it. Its deadline was %(time)s, so it goes up to the next person."),
    ),
}
"""In place of a promise that was not kept; states without a deadline have none."""
NEXT_SEALED: dict[State, Promise] = {
    State.RECEIVED: gettext_lazy("It has reached the student protection lead. Somebody reads it by %(time)s."),
    State.ROUTED: gettext_lazy("It has reached the student protection lead. Somebody reads it by %(time)s."),
    State.ACKNOWLEDGED: gettext_lazy("Somebody has read it and takes care of it."),
    State.IN_PROGRESS: gettext_lazy("It is being worked on."),
    State.WAITING: gettext_lazy("The work on it waits for somebody outside the school, and goes on soon."),
    State.RESOLVED: gettext_lazy("The work on it is done and is being checked."),
    State.CLOSED: gettext_lazy("It was checked and closed."),
    State.DECLINED: gettext_lazy(
        "Two people of the protection team looked at it and declined it. If a child needs help, report it again."
    ),
    State.MERGED: gettext_lazy("It is looked at together with an earlier report about the same."),
}
NEXT_UNOPENED: dict[State, Promise] = {
    **NEXT_SEALED,
    State.RECEIVED: gettext_lazy("It has arrived. Somebody confirms by %(time)s that they have seen it."),
    State.ROUTED: gettext_lazy("It has arrived. Somebody confirms by %(time)s that they have seen it."),
    State.DECLINED: gettext_lazy("Two people looked at it and declined it. If it matters, please file a new report."),
}
"""For reporters whom their own report concerns: nothing of what became of it but its state."""

NEXT_READ_ONLY: dict[State, Promise] = {
    State.RESOLVED: gettext_lazy("%(office)s says that it is solved. Somebody checks whether it really is."),
    State.CLOSED: NEXT_SEALED[State.CLOSED],
    State.DECLINED: gettext_lazy("It was declined; the reason stands in what happened so far."),
}
"""For reporters who have left the school: they follow their reports, and take no step any more."""

WITHDRAWN = gettext_lazy("You withdrew it. If it matters after all, please file a new report.")
DECLINED_FOR_GOOD = gettext_lazy(
    "It was declined; the reason stands in what happened so far. If it still matters, please file a new report."
)
SOLVED_BY_READER = gettext_lazy("You worked on it yourself, so somebody else looks whether it is really solved.")
CONFIRMED = gettext_lazy("It is closed, and you confirmed it. If the problem comes back by %(reopen)s, reopen it here.")
SOLVED_BY_YOU_AND_CHECKED = gettext_lazy(
    "It was checked and closed. If the problem comes back by %(reopen)s, reopen it here."
)
CLOSED_FOR_GOOD = gettext_lazy("It was checked and closed. If the problem comes back, please file a new report.")


def next_for_reporter(*, report: Report, can_act: bool, now: datetime) -> str:
    """Return what happens next; of a ticket that is not opened to its reporter no more than its state allows.

    `can_act`: that the reporter is still staff, and may say more.
    """
    ticket, state = report.ticket, State(report.ticket.state)
    if state is State.CLOSED and ticket.resolved_at is None:
        return str(WITHDRAWN)
    if not reporter_may_open(confidentiality=ticket.confidentiality):
        return str(NEXT_SEALED[state]) % _values(ticket)
    if report.concerns_reporter:
        return str(NEXT_UNOPENED[state]) % _values(ticket)
    missed = OVERDUE.get(state) if ticket.next_due_at <= now else None
    no_step = _without_a_step(report, now) if can_act else NEXT_READ_ONLY.get(state)
    return str(no_step or missed or NEXT[state]) % _values(ticket)


def _without_a_step(report: Report, now: datetime) -> Promise | None:
    """Return the words for states in which the reporter could act, where they cannot, or not any more."""
    ticket = report.ticket
    if ticket.state == State.RESOLVED and report.reporter_id in ticket.workers:
        return SOLVED_BY_READER
    if ticket.state == State.CLOSED and ticket.closed_at and now > ticket.closed_at + REOPENING_TIME:
        return CLOSED_FOR_GOOD
    if ticket.state == State.CLOSED and (ticket.confirmed_at or report.reporter_id in ticket.workers):
        return CONFIRMED if ticket.confirmed_at else SOLVED_BY_YOU_AND_CHECKED
    if ticket.state == State.DECLINED and ticket.declined_at and now > ticket.declined_at + CONTESTING_TIME:
        return DECLINED_FOR_GOOD
    return None


def _values(ticket: Ticket) -> Mapping[str, str]:
    return {
        "office": ticket.owner.name,
        "time": moment(ticket.next_due_at) if ticket.next_due_at != NEVER_DUE else "",
        "party": ticket.wait.party if ticket.wait else "",
        "since": moment(ticket.wait.since) if ticket.wait else "",
        "until": moment(ticket.wait.until) if ticket.wait else "",
        "reopen": moment(ticket.closed_at + REOPENING_TIME) if ticket.closed_at else "",
        "contest": moment(ticket.declined_at + CONTESTING_TIME) if ticket.declined_at else "",
    }
