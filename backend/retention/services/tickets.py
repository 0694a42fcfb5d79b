"""Forgetting tickets: all they said goes, wherever it lies; codes, instants and hashes stay, so that all verifies."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from backend.common.outbox import OutboxDraft, outbox_add
from backend.common.sealed.keys import key_newest, keys_destroy, keys_left
from backend.common.services import answers_empty
from backend.files.services.removing import TO_REMOVE
from backend.organisation.actors import SYSTEM
from backend.retention.models import ForgottenTicket
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.models import Attachment, Ticket, TicketEvent
from backend.workflow.selectors import tickets_lock
from backend.workflow.system_events import CALLER_FORGOTTEN, ERASED

KEYS_AT_ONCE = 500


def tickets_forget(*, ticket_ids: Sequence[UUID], now: datetime) -> int:
    """Forget all that these tickets say, inside the caller's transaction; return how many were forgotten."""
    tickets = tickets_lock(ticket_ids=ticket_ids)
    ids = [ticket.id for ticket in tickets]
    said: dict[UUID, list[int]] = {ticket.id: [] for ticket in tickets}
    events = TicketEvent.objects.filter(ticket__in=ids).order_by("sequence")
    for ticket_id, sequence in events.values_list("ticket", "sequence"):  # what erased some before is emptied too
        said[ticket_id].append(sequence)
    files = list(Attachment.objects.filter(ticket__in=ids, file__removed_at=None).values_list("file", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT retention_tickets_forget(%s, %s)", [ids, now])
    answers_empty(naming=ids)
    _record([_emptied(ticket) for ticket in tickets], said, now)
    drafts = [OutboxDraft(TO_REMOVE, f"file:{file_id}:forgotten", {"file": str(file_id)}) for file_id in files]
    outbox_add(drafts=drafts, now=now)
    ForgottenTicket.objects.bulk_create(
        [ForgottenTicket(ticket_id=ticket_id, at=now) for ticket_id in ids],
        update_conflicts=True,  # forgotten before, and written on since
        unique_fields=["ticket"],
        update_fields=["at", "is_done"],
    )
    return len(ids)


def callers_forget(*, ticket_ids: Sequence[UUID], now: datetime) -> int:
    """Forget on whose behalf these tickets were reported, inside the caller's transaction; return how many."""
    tickets = tickets_lock(ticket_ids=ticket_ids)
    with connection.cursor() as cursor:
        cursor.execute("SELECT retention_callers_forget(%s)", [[ticket.id for ticket in tickets]])
    answers_empty(naming=ticket_ids)
    changes = [TicketChange(ticket=ticket, by=SYSTEM, now=now, moves=False) for ticket in tickets]
    for change in changes:
        change.settle(CALLER_FORGOTTEN)
    changes_store(changes=changes, now=now)
    return len(tickets)


def keys_forget() -> None:
    """Destroy the keys of tickets that were forgotten, after the commit; where that was stopped, it is done now."""
    waiting = ForgottenTicket.objects.filter(is_done=False).order_by("at")
    for ticket_id in list(waiting.values_list("ticket", flat=True)[:KEYS_AT_ONCE]):
        if keys_left(ticket_id):
            number, _key = key_newest(ticket_id)
            keys_destroy(ticket_id, before=number + 1)
        ForgottenTicket.objects.filter(ticket=ticket_id).update(is_done=True)


def _emptied(ticket: Ticket) -> Ticket:
    """Return the locked ticket as the database has it now, so that storing the change brings nothing back."""
    ticket.workers, ticket.paged = [], []
    return ticket


def _record(tickets: Sequence[Ticket], said: dict[UUID, list[int]], now: datetime) -> None:
    changes = [TicketChange(ticket=ticket, by=SYSTEM, now=now, moves=False) for ticket in tickets]
    for change in changes:
        change.says(sequences=said[change.ticket.id])
        change.settle(ERASED)
    changes_store(changes=changes, now=now)
