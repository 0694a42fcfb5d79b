"""The states of a ticket, and the clocks that run or rest in each; actions lead from one to another. Pure."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.rulebook.ruleset import ClockName


class State(models.TextChoices):
    """The states of a ticket; clients must expect further ones to be added."""

    RECEIVED = "received", _("Received")
    ROUTED = "routed", _("With the office")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    IN_PROGRESS = "in_progress", _("In progress")
    WAITING = "waiting", _("Waiting for somebody outside")
    RESOLVED = "resolved", _("Resolved, to be verified")
    CLOSED = "closed", _("Closed")
    DECLINED = "declined", _("Declined")
    MERGED = "merged", _("Merged into another")


OVER = frozenset({State.CLOSED, State.DECLINED, State.MERGED})
"""The states in which nobody works on a ticket, and none of its clocks runs."""


CLOCKS_UNSEEN = frozenset(
    {
        ClockName.ACKNOWLEDGE,
        ClockName.ACT,
        ClockName.CONTAIN,
        ClockName.RESOLVE,
        ClockName.ANSWER,
        ClockName.RESULT,
    }
)
IN_HAND = frozenset({ClockName.PROGRESS, ClockName.CONTAIN, ClockName.RESOLVE, ClockName.SILENCE, ClockName.RESULT})
CLOCKS_ARMED: dict[State, frozenset[ClockName]] = {
    State.RECEIVED: CLOCKS_UNSEEN,
    State.ROUTED: CLOCKS_UNSEEN,
    State.ACKNOWLEDGED: frozenset({*IN_HAND, ClockName.ACT}),
    State.IN_PROGRESS: IN_HAND,
    State.WAITING: frozenset({ClockName.PROGRESS, ClockName.CONTAIN, ClockName.WAIT, ClockName.RESULT}),
    State.RESOLVED: frozenset({ClockName.VERIFY}),
    State.CLOSED: frozenset(),
    State.DECLINED: frozenset(),
    State.MERGED: frozenset(),
}
"""The clocks that run in each state, as far as the rules have them; what is contained needs no clock for it."""
CLOCKS_PAUSED: dict[State, frozenset[ClockName]] = {State.WAITING: frozenset({ClockName.RESOLVE})}
"""The clocks that rest in a state: they keep the work that is left, and go on with it afterwards."""
