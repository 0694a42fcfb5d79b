"""Opening a ticket to whoever stands in for somebody who could not be reached."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.duty.reach import Reached
from backend.organisation.actors import SYSTEM
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.models import TicketGrant
from backend.workflow.policy import BY_GRANT
from backend.workflow.selectors import tickets_lock
from backend.workflow.system_events import OPENED_TO


@transaction.atomic
def ticket_open_to(*, ticket_id: UUID, reached: Reached, instead_of: UUID, now: datetime) -> None:
    """Open a ticket to those who are told because somebody could not be reached, and record it; where they need it."""
    if reached.role not in BY_GRANT:
        return
    for ticket in tickets_lock(ticket_ids=[ticket_id]):
        change = TicketChange(ticket=ticket, by=SYSTEM, now=now, moves=False)
        change.opens_to([reached], TicketGrant.Reason.UNREACHED)
        if change.grants:
            change.record(OPENED_TO, opened_to=change.opened_to, instead_of=str(instead_of))
            changes_store(changes=[change], now=now)
