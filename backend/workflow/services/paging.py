"""Opening a ticket to somebody who is told of it in another's place."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.workflow.models import Ticket


@transaction.atomic
def ticket_open_to(*, ticket_id: UUID, people: Collection[UUID], now: datetime) -> None:
    """Note that these people were told of a ticket, so that those outside a school's daily work can open it."""
    if not people:
        return
    ticket = Ticket.objects.select_for_update(no_key=True).get(id=ticket_id)
    ticket.paged = list(dict.fromkeys([*ticket.paged, *people]))
    ticket.updated_at = now
    ticket.save(update_fields=["paged", "updated_at"])
