"""Reads of the files of tickets; each asks the ticket's own policy."""

from uuid import UUID

from backend.common.errors import NotFound
from backend.files.models import Purpose, Upload, UploadState
from backend.organisation.actors import Actor
from backend.workflow.merged import merged_get, merges_shown
from backend.workflow.models import Attachment, Ticket
from backend.workflow.policy import Part, opened_to


def attachments_of(*, actor: Actor, ticket: Ticket) -> list[Attachment]:
    """Return the files of a ticket the actor was let in to, with those of what was merged into it, first to last.

    One query, and one more where something was merged.
    """
    merged = [merge.ticket for merge in merges_shown(actor=actor, ticket=ticket)]
    tickets = {row.id: row for row in (ticket, *merged)}
    rows = Attachment.objects.filter(ticket__in=tickets, file__removed_at=None).select_related("file", "added_by")
    found = list(rows.order_by("added_at", "file"))
    for attachment in found:
        attachment.ticket = tickets[attachment.ticket_id]
    return found


def attachment_count(*, ticket: Ticket) -> int:
    """Return how many files are kept with a ticket, with those that are ready and come to it in a moment."""
    attached = Attachment.objects.filter(ticket=ticket)
    ready = Upload.objects.filter(subject_id=ticket.id, state=UploadState.READY)
    return attached.filter(file__removed_at=None).count() + ready.exclude(id__in=attached.values("file")).count()


def attachment_get(*, actor: Actor, file_id: UUID) -> Attachment:
    """Return a file of a ticket the actor may read, with the ticket, or NotFound."""
    found = Attachment.objects.filter(file=file_id, file__removed_at=None).select_related("file").first()
    if found is None:
        raise NotFound
    found.ticket = merged_get(actor=actor, ticket_id=found.ticket_id)
    return found


def purpose_for(*, actor: Actor, ticket: Ticket) -> Purpose:
    """Return why somebody adds a file who does not say: its reporter shows what is the matter, others what was done."""
    return Purpose.REPORT if ticket.reporter_id == actor.person_id else Purpose.EVIDENCE


def shows_adder(*, actor: Actor, attachment: Attachment) -> bool:
    """Say whether the actor may know who added a file: of a reporter whose name is kept back nobody learns it so."""
    ticket = attachment.ticket
    return (
        attachment.added_by_id is None
        or attachment.added_by_id != ticket.reporter_id
        or Part.REPORTER in opened_to(actor=actor, ticket=ticket)
    )
