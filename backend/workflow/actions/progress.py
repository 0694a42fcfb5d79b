"""Reporting progress: how far the work is; the clock for the next word of it begins anew."""

from backend.rulebook.ruleset import ClockName, Severity
from backend.workflow.action import Action, Told
from backend.workflow.action_input import Reasoned
from backend.workflow.change import TicketChange
from backend.workflow.relation_groups import ABOVE, OWNERS
from backend.workflow.states import State


def _effect(change: TicketChange, _said: Reasoned) -> None:
    change.ticket.progress_at = change.now


PROGRESS = Action(
    name="progress",
    order=110,
    sources=frozenset({State.ACKNOWLEDGED, State.IN_PROGRESS, State.WAITING}),
    allowed=OWNERS | ABOVE,
    said=Reasoned,
    effect=_effect,
    restarts=frozenset({ClockName.PROGRESS}),
    told=Told(reporter=True, reporter_of=lambda ticket: ticket.severity == Severity.P1),
    is_work=True,
    takes_files=True,
)
