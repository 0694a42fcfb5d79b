"""The silence of an owner: for how long nothing was heard. Pure."""

from datetime import timedelta

from backend.rulebook.ruleset import ClockName
from backend.workflow.facts import Situation


def silent_for(situation: Situation) -> timedelta | None:
    """Return how long nothing has been heard from the owner; None while that is not longer than its rules allow."""
    since, now = situation.ticket.silent_from, situation.now
    late = (timer for timer in situation.timers if timer.clock == ClockName.SILENCE and timer.armed)
    is_late = any(timer.ladder[0] <= now for timer in late)
    return now - since if is_late and since is not None else None
