"""Files come to tickets and go: who may send them, the event when one is there, and taking one away again."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from backend.common.errors import NotFound
from backend.common.models import OutboxMessage
from backend.files.models import Purpose, StoredFile, Upload
from backend.files.services import Subject, UploadDraft, file_remove, upload_begin
from backend.organisation.actors import ANONYMOUS, SYSTEM, Actor, OnBehalf, Principal
from backend.workflow.attachments import attachment_count, attachment_get
from backend.workflow.change import TicketChange, changes_store
from backend.workflow.errors import EvidenceMissing, FileStays, TakesNoFiles
from backend.workflow.holding import held_refuse
from backend.workflow.merging import goes_on_elsewhere
from backend.workflow.models import Attachment, OutsideQuestion, Ticket
from backend.workflow.policy import relations_of
from backend.workflow.relation_groups import HEADS, UNSOLVED
from backend.workflow.selectors import ticket_lock, tickets_lock
from backend.workflow.services.acting import Lock
from backend.workflow.states import OVER, State
from backend.workflow.system_events import FILE_ADDED, FILE_REMOVED

TICKET = "ticket"
TAKEN_BACK_WITHIN = timedelta(hours=1)
"""For so long people can take back by themselves what they added."""


@transaction.atomic
def ticket_file_begin(
    *, actor: Actor, ticket_id: UUID, said: Callable[[], UploadDraft], now: datetime, lock: Lock = ticket_lock
) -> Upload:
    """Announce a file for a ticket that is not over; whoever loses sight of it meanwhile can still send the rest.

    What is merged takes files as long as the one it went into is open: they are read there.
    """
    ticket = lock(actor=actor, ticket_id=ticket_id)
    if ticket.state in OVER and not goes_on_elsewhere(ticket=ticket):
        raise TakesNoFiles
    subject = Subject(TICKET, ticket.id, kept=attachment_count(ticket=ticket), most=settings.FILES_PER_TICKET)
    return upload_begin(sender_id=actor.person_id, subject=subject, draft=said(), now=now)


def files_attach(messages: Sequence[OutboxMessage], now: datetime) -> None:
    """Put files that are ready with their tickets, and record it as the deed of whoever sent each."""
    for message in messages:
        told = message.payload
        file = StoredFile.objects.get(id=told["file"])
        (ticket,) = tickets_lock(ticket_ids=[UUID(told["subject"])])
        by = _by(ticket, UUID(told["sender"]))
        sender_id = by.person_id if isinstance(by, OnBehalf) else None
        attachment = Attachment.objects.create(
            file=file, ticket=ticket, added_by_id=sender_id, added_at=now, purpose=told["purpose"]
        )
        change = TicketChange(ticket=ticket, by=by, now=now, moves=False)
        change.says(name=file.name, **_plain(attachment))
        if sender_id and attachment.purpose == Purpose.EVIDENCE and _proves_work(ticket, file.id):
            change.worked_by(sender_id)
            change.says(worked=True)
        if attachment.added_by_id == ticket.assignee_id:
            change.owner_heard()
        change.settle(FILE_ADDED)
        changes_store(changes=[change], now=now)


def _by(ticket: Ticket, sender_id: UUID) -> Principal:
    """Return who sent a file: whoever gave no name, nobody of the school (with an answer by link), or a person."""
    if sender_id == ticket.id:
        return ANONYMOUS
    return SYSTEM if OutsideQuestion.objects.filter(id=sender_id).exists() else OnBehalf(sender_id)


def _proves_work(ticket: Ticket, upload_id: UUID) -> bool:
    """Say whether a file proves the fix, so that its sender does not check it; a photo of the check comes later.

    What was on its way when the ticket was resolved counts: it was resolved with that.
    """
    if ticket.state == State.RESOLVED:
        return Upload.objects.filter(id=upload_id, began_at__lte=ticket.resolved_at).exists()
    return State(ticket.state) in UNSOLVED


@transaction.atomic
def attachment_remove(*, actor: Actor, file_id: UUID, note: Callable[[], str], now: datetime) -> None:
    """Take a file away: within an hour by whoever added it, later by a head or leader who says why."""
    found = attachment_get(actor=actor, file_id=file_id)
    ticket = ticket_lock(actor=actor, ticket_id=found.ticket_id)
    if Attachment.objects.filter(file=file_id, file__removed_at=None).first() is None:
        raise NotFound
    words = note()
    is_own = found.added_by_id == actor.person_id and now - found.added_at <= TAKEN_BACK_WITHIN
    if not is_own and HEADS.isdisjoint(relations_of(actor=actor, ticket=ticket)):
        raise FileStays
    if not (is_own or words):
        raise EvidenceMissing(pointer="/note")
    held_refuse(ticket_ids=[ticket.id])
    change = TicketChange(ticket=ticket, by=actor, now=now, moves=False)
    change.says(note=words, **_plain(found))
    change.settle(FILE_REMOVED)
    changes_store(changes=[change], now=now)
    file_remove(file_id=file_id, now=now)


def _plain(attachment: Attachment) -> dict[str, str | int]:
    file = attachment.file
    return {
        "file": str(file.id),
        "kind": file.kind,
        "size": file.size,
        "sha256": file.sha256,
        "purpose": attachment.purpose,
    }
