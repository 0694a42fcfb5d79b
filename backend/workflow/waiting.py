"""The end of a wait for an outside party, and whether a wait may go on under other rules."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from backend.common.outbox import OutboxDraft
from backend.rulebook.ruleset import ClockName
from backend.workflow.change import TicketChange
from backend.workflow.clocks import deadlines_now, rules_of
from backend.workflow.ledger import Sensitivity

WAIT_ENDED: Mapping[str, Sensitivity] = {
    "waited_for": Sensitivity.FREE_TEXT,
    "waited_from": Sensitivity.PLAIN,
    "waited_until": Sensitivity.PLAIN,
}
"""The fields of an event that tell of a wait that ended with it."""


def wait_end(*, change: TicketChange, ended_at: datetime) -> None:
    """Turn the present wait of a ticket, if there is one, into one that is over, at its latest end at the latest."""
    wait = change.ticket.wait
    if wait is None:
        return
    wait.ended_at = change.goes_on_from = min(ended_at, wait.until)
    change.keeps(wait)
    change.says(waited_for=wait.party, waited_from=wait.since.isoformat(), waited_until=wait.ended_at.isoformat())


def may_go_on_waiting(*, change: TicketChange) -> bool:
    """Say whether a ticket that waits could also wait by the rules it has now.

    They need a clock for it, and the time to solve it must not have been over before the wait began.
    """
    ticket = change.ticket
    if ClockName.WAIT not in rules_of(ticket) or ticket.wait is None:
        return False
    (resolve,) = deadlines_now(ticket, {ClockName.RESOLVE}, change.now)
    return resolve.due_at > ticket.wait.since


def wait_over_draft(*, ticket_id: UUID, since: datetime) -> OutboxDraft:
    """Return the outbox row that has a ticket go on because the wait that began at this instant took too long."""
    began = since.isoformat()
    payload = {"ticket": str(ticket_id), "since": began}
    return OutboxDraft(topic="ticket.wait_over", dedup_key=f"wait_over:{ticket_id}:{began}", payload=payload)
