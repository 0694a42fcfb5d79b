"""Taking a merged ticket in: where it goes on is as urgent and as confidential as both, and its people hear."""

from collections.abc import Iterable
from uuid import UUID

from backend.rulebook.ruleset import Confidentiality, Severity
from backend.workflow.change import TicketChange
from backend.workflow.classing import BY_OPENNESS, BY_URGENCY, Classing, is_more_open
from backend.workflow.correcting import category_of, changes_of, classing_of, correct
from backend.workflow.merging import merged_here
from backend.workflow.models import Ticket
from backend.workflow.recipients import Audience
from backend.workflow.states import OVER
from backend.workflow.system_events import MERGED_HERE


def taken_in(*, change: TicketChange, target: Ticket, by: UUID | None) -> TicketChange:
    """Return the change of the locked ticket that takes in the one that is merged; whoever did it hears nothing."""
    merged, taken = change.ticket, TicketChange(ticket=target, by=change.by, now=change.now)
    taken.says(ticket=str(merged.id))
    _worked_too(taken, merged.workers)
    _raise_to(taken, merged)
    audience = Audience(tickets=[target], now=change.now)
    taken.people = audience.without(target, taken.people, by) | audience.in_charge(target, by, reporter=True)
    taken.settle(MERGED_HERE)
    target.merged_here = merged_here(ticket=target) | {merged.id}
    return taken


def _worked_too(taken: TicketChange, workers: Iterable[UUID]) -> None:
    """Have whoever worked on what is taken in not check the ticket in which their work goes on."""
    joining = [worker for worker in workers if worker not in taken.ticket.workers]
    if joining:
        for worker in joining:
            taken.worked_by(worker)
        taken.says(workers=[str(worker) for worker in joining])


def _raise_to(taken: TicketChange, merged: Ticket) -> None:
    target = taken.ticket
    present, urgencies = classing_of(target), [Severity(target.severity)]
    if target.state not in OVER:
        urgencies.append(Severity(merged.severity))
    classes = [present.confidentiality, Confidentiality(merged.confidentiality)]
    severity, strictest = min(urgencies, key=BY_URGENCY.index), max(classes, key=BY_OPENNESS.index)
    wanted = Classing(target.category, severity, strictest)
    if changes := changes_of(present, wanted):
        correct(change=taken, wanted=wanted, category=category_of(target, target.category), changes=changes)
    if is_more_open(Confidentiality(target.seal), Confidentiality(merged.seal)):
        target.seal = merged.seal
        taken.says(seal=merged.seal)
