"""Somebody who reported without their name acts on that ticket, writes to its office and sends photos.

Their caller knows them by the tracking code; nobody else's view is asked here.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from backend.files.models import Upload
from backend.files.services import Subject, UploadDraft, upload_begin
from backend.organisation.actors import ANONYMOUS
from backend.workflow.action import Action
from backend.workflow.action_input import ActionInput
from backend.workflow.actions.comment import heard_where_merged
from backend.workflow.attachments import attachment_count
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.conversation import MOST_MESSAGES, can_write, steps_unnamed, written_count
from backend.workflow.errors import ActionNotAllowed, NoLongerOpen
from backend.workflow.errors_of_messages import TooManyMessages
from backend.workflow.models import Ticket
from backend.workflow.policy import Relation
from backend.workflow.recipients import Audience
from backend.workflow.selectors import tickets_lock
from backend.workflow.services.acting import action_take
from backend.workflow.services.attaching import TICKET
from backend.workflow.system_events import AMENDED


@transaction.atomic
def ticket_act_unnamed(*, ticket_id: UUID, action: Action[Any], words: ActionInput, now: datetime) -> None:
    """Take a step of the reporter; raise why it cannot be taken."""
    ticket = _locked(ticket_id)
    if action not in steps_unnamed(ticket=ticket):
        raise ActionNotAllowed
    change = TicketChange(ticket=ticket, by=ANONYMOUS, now=now)
    action_take(change=change, action=action, words=words, relations=frozenset({Relation.REPORTER}))


@transaction.atomic
def ticket_write_unnamed(*, ticket_id: UUID, text: str, now: datetime) -> None:
    """Record what the reporter writes, and tell those who have the ticket in hand."""
    ticket = _locked(ticket_id)
    if not can_write(ticket=ticket, now=now):
        raise NoLongerOpen
    if written_count(ticket=ticket) >= MOST_MESSAGES:
        raise TooManyMessages
    change = TicketChange(ticket=ticket, by=ANONYMOUS, now=now, moves=False)
    change.says(note=text)
    heard_where_merged(change=change)
    change.settle(AMENDED)
    change.tells(Audience(tickets=[ticket], now=now).in_charge(ticket, None))
    changes_store(changes=[change], now=now)


@transaction.atomic
def ticket_file_begin_unnamed(*, ticket_id: UUID, said: Callable[[], UploadDraft], now: datetime) -> Upload:
    """Announce a photo for the report; it is sent under the ticket's own id, for nobody's is known."""
    ticket = _locked(ticket_id)
    if not can_write(ticket=ticket, now=now):
        raise NoLongerOpen
    subject = Subject(TICKET, ticket.id, kept=attachment_count(ticket=ticket), most=settings.FILES_PER_TICKET)
    return upload_begin(sender_id=ticket.id, subject=subject, draft=said(), now=now)


def _locked(ticket_id: UUID) -> Ticket:
    (ticket,) = tickets_lock(ticket_ids=[ticket_id])
    return ticket
