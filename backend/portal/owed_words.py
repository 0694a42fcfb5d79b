"""Obligations in words: what is owed, by whom, and what happens next on a ticket. Pure."""

from collections.abc import Collection
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.organisation.actors import Actor
from backend.portal.action_words import ACTION_WORDS
from backend.portal.due import moment
from backend.rulebook.words import CLOCK_NAMES
from backend.workflow.facts import CONTESTING_TIME, REOPENING_TIME, Situation
from backend.workflow.models import Ticket
from backend.workflow.obligations import ENDS_CLOCK, Obligation, obligations_of
from backend.workflow.owed import owed_of
from backend.workflow.policy import Relation
from backend.workflow.states import State

CLOCK_OF = {action: clock for clock, action in reversed(list(ENDS_CLOCK.items()))}
NEXT: dict[str, Promise] = {
    "acknowledge": gettext_lazy("%(who)s: confirm by %(time)s that it has been seen."),
    "start": gettext_lazy("%(who)s: start work on it by %(time)s."),
    "contain": gettext_lazy("%(who)s: see by %(time)s that it cannot spread or hurt anybody any more."),
    "progress": gettext_lazy("%(who)s: report progress by %(time)s."),
    "resolve": gettext_lazy("%(who)s: solve it by %(time)s."),
    "resume": gettext_lazy("%(who)s: go on with the work by %(time)s at the latest."),
    "verify": gettext_lazy("%(who)s: check by %(time)s whether it is really solved."),
    "accept-offer": gettext_lazy("%(who)s: accept or refuse the hand-over by %(time)s."),
    "complete-subtask": gettext_lazy("%(who)s: finish the part that was asked for by %(time)s."),
    "answer-order": gettext_lazy("%(who)s: answer the supervision order by %(time)s."),
    "accept-recommendation": gettext_lazy("%(who)s: answer the recommendation by %(time)s."),
    "carry-out-recommendation": gettext_lazy("%(who)s: carry out the accepted recommendation by %(time)s."),
    "answer-question": gettext_lazy("%(who)s: see that the question is answered by %(time)s."),
    "review-cause": gettext_lazy("%(who)s: say by %(time)s why it happened, and what keeps it from coming back."),
    "follow-adoption": gettext_lazy("%(who)s: see to the adopted case by %(time)s, and say how it goes."),
    "finish-step": gettext_lazy("%(who)s: do by %(time)s what comes next, and say how it went."),
    "decide": gettext_lazy("%(who)s: decide by %(time)s what the office cannot solve alone."),
    "inform-affected": gettext_lazy("%(who)s: tell everybody affected before it can be closed."),
    "confirm-decline": gettext_lazy("%(who)s: decide whether it is declined."),
    "confirm-lowering": gettext_lazy("%(who)s: decide whether more people see it."),
}
"""By the action that is owed."""
YOURS = gettext_lazy("It is your turn.")
MAY_STEP_IN = gettext_lazy(
    "It is not your turn. You can step in all the same; if nobody does it in time, the next person up is told "
    "automatically."
)
OF_OTHERS = gettext_lazy("It is not your turn. If nobody does it in time, the next person up is told automatically.")
NOBODY = gettext_lazy("Nothing is due at the moment.")
WITHDRAWN = gettext_lazy("The reporter withdrew it. Nothing more has to be done.")
CLOSED = gettext_lazy("It was checked and closed. Until %(until)s it can be reopened if the problem comes back.")
CLOSED_FOR_GOOD = gettext_lazy("It was checked and closed. If the problem comes back, it is reported anew.")
MERGED = gettext_lazy("It was merged into another report and goes on there. Nothing more has to be done here.")
DECLINED = gettext_lazy("It was declined. Until %(until)s the reporter can say that they see it differently.")
DECLINED_FOR_GOOD = gettext_lazy("It was declined. Nothing more has to be done.")


def owed_what(*, action: str) -> str:
    """Return in a word or two what is owed."""
    return str(CLOCK_NAMES[CLOCK_OF[action]] if action in CLOCK_OF else ACTION_WORDS[action].label)


def owed_by(*, obligation: Obligation, ticket: Ticket, actor: Actor | None) -> str:
    """Return who owes it: the reader (none for a text that is passed on), the assignee, the office, or a role."""
    if obligation.person_id is not None and actor is not None and obligation.person_id == actor.person_id:
        return _("You")
    if obligation.asked_of:
        return obligation.asked_of
    if obligation.person_id is not None and ticket.assignee is not None:
        return ticket.assignee.name
    if obligation.office_id is not None or obligation.role is None:
        return ticket.owner.name
    return str(obligation.role.label)


def next_in_words(*, situation: Situation, actor: Actor | None) -> list[str]:
    """Return what happens next on a ticket and by whom, in every state something: what is due first, and decisions."""
    ticket = situation.ticket
    over = _over(ticket, situation.now)
    if over is not None:
        reviews = [row for row in obligations_of(situation) if row.part_id]
        return [over, *(_line(row, ticket, actor) for row in reviews)]
    owed = [row for row in obligations_of(situation) if row.action in NEXT]
    shown = owed[:1] + [row for row in owed[1:] if row.due_at is None]
    return [_line(row, ticket, actor) for row in shown] or [str(NOBODY)]


def turn_in_words(
    *, situation: Situation, actor: Actor, relations: Collection[Relation], can_step_in: bool = False
) -> str:
    """Return whether it is the reader's turn; nothing where nobody owes anything.

    `can_step_in`: that what somebody else owes is offered to the reader too.
    """
    if owed_of(situation=situation, actor=actor, relations=relations):
        return str(YOURS)
    if not any(row.due_at for row in obligations_of(situation)):
        return ""
    return str(MAY_STEP_IN if can_step_in else OF_OTHERS)


def _line(obligation: Obligation, ticket: Ticket, actor: Actor | None) -> str:
    words = {
        "who": owed_by(obligation=obligation, ticket=ticket, actor=actor),
        "time": moment(obligation.due_at) if obligation.due_at else "",
    }
    return str(NEXT[obligation.action]) % words


def _over(ticket: Ticket, now: datetime) -> str | None:
    if ticket.state == State.CLOSED and ticket.closed_at is not None:
        until = ticket.closed_at + REOPENING_TIME
        words = CLOSED if now <= until else CLOSED_FOR_GOOD
        return str(words if ticket.resolved_at else WITHDRAWN) % {"until": moment(until)}
    if ticket.state == State.DECLINED and ticket.declined_at is not None:
        until = ticket.declined_at + CONTESTING_TIME
        return str(DECLINED if now <= until else DECLINED_FOR_GOOD) % {"until": moment(until)}
    return str(MERGED) if ticket.state == State.MERGED else None
