"""Sealing the words of tickets that are strictly confidential and still say something in clear."""

from collections import Counter
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from backend.common.sealed.folder import ContentsLocked
from backend.common.sealed.keys import keys_left
from backend.organisation.actors import SYSTEM
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.models import Ticket
from backend.workflow.selectors import tickets_lock
from backend.workflow.system_events import WORDS_SEALED
from backend.workflow.words_follow import key_replace, words_astray, words_follow

BATCH = 100


class Sealing(NamedTuple):
    """Numbers of tickets of class K2: all, those that said something in clear until now, those that stay locked."""

    looked_at: int
    sealed: int
    locked: int = 0


def contents_seal(*, now: datetime) -> Sealing:
    """Seal what tickets of class K2 say in clear, a ticket a transaction; one that cannot be opened holds none up.

    Where an erasure was stopped before the former key was destroyed, it is finished.
    """
    done, after = Counter[str](), UUID(int=0)
    strict = Ticket.objects.filter(confidentiality=Confidentiality.K2).order_by("id").values_list("id", flat=True)
    while batch := list(strict.filter(id__gt=after)[:BATCH]):
        done.update(_try(ticket_id, now) for ticket_id in batch)
        after = batch[-1]
    return Sealing(done.total(), done["sealed"], done["locked"])


def _try(ticket_id: UUID, now: datetime) -> str:
    try:
        return "sealed" if _words_seal(ticket_id, now) else "as it was"
    except ContentsLocked:
        return "locked"


@transaction.atomic
def _words_seal(ticket_id: UUID, now: datetime) -> bool:
    """Seal one ticket's words, and record that they were: what is on record says them otherwise from then on."""
    for ticket in tickets_lock(ticket_ids=[ticket_id]):
        if not ticket.is_strictly_confidential:
            continue
        is_unfinished = keys_left(ticket.id) > 1  # an erasure was stopped before it destroyed the former key
        if is_unfinished or words_astray(ticket=ticket):
            (key_replace if is_unfinished else words_follow)(ticket=ticket)
            change = TicketChange(ticket=ticket, by=SYSTEM, now=now, moves=False)
            change.settle(WORDS_SEALED)
            changes_store(changes=[change], now=now)
            return True
    return False
