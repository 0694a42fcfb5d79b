"""The photos and documents of a ticket as its page shows them, and what its reader is sending."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backend.files.errors import REFUSALS
from backend.files.models import Purpose, Upload, UploadState
from backend.files.selectors import uploads_for
from backend.organisation.actors import Actor
from backend.workflow.attachments import attachments_of, purpose_for, shows_adder
from backend.workflow.models import Attachment, Ticket
from backend.workflow.policy import Relation
from backend.workflow.relation_groups import HEADS
from backend.workflow.services.attaching import TAKEN_BACK_WITHIN

BECAME: dict[str, Promise] = {
    UploadState.RECEIVING: _("Not here whole yet; choose it again to send the rest."),
    UploadState.CHECKING: _("Arrived, and is being looked at. Load the page again in a moment."),
    UploadState.READY: _("Arrived."),
}

ICONS: dict[str, str] = {
    UploadState.RECEIVING: "clock",
    UploadState.CHECKING: "clock",
    UploadState.READY: "check",
    UploadState.REFUSED: "alert",
}


@dataclass(frozen=True, slots=True)
class FileCard:
    """A photo or document; `who` is empty where the reader may not know who added it."""

    attachment: Attachment
    who: str
    is_evidence: bool
    can_remove: bool
    asks_reason: bool


@dataclass(frozen=True, slots=True)
class SendingCard:
    """A file that its sender is told about: its name, what became of it in words, and as an icon."""

    name: str
    words: str | Promise
    icon: str

    @property
    def is_refused(self) -> bool:
        """Whether nothing of it was kept."""
        return self.icon == ICONS[UploadState.REFUSED]


@dataclass(frozen=True, slots=True)
class FilesCard:
    """The files of a ticket: pictures to look at, documents to save, and what the reader is sending."""

    pictures: Sequence[FileCard]
    documents: Sequence[FileCard]
    sending: Sequence[SendingCard]
    purpose: Purpose

    @property
    def removable(self) -> list[FileCard]:
        """Return those that the reader can take away."""
        return [card for card in (*self.pictures, *self.documents) if card.can_remove]


def files_card(
    *, actor: Actor, ticket: Ticket, now: datetime, relations: Collection[Relation] = frozenset()
) -> FilesCard:
    """Return the files of a ticket the reader was let in to, in two queries."""
    is_head = not HEADS.isdisjoint(relations)
    cards = [_card(actor, ticket, row, now, is_head=is_head) for row in attachments_of(actor=actor, ticket=ticket)]
    return FilesCard(
        pictures=[card for card in cards if card.attachment.file.is_picture],
        documents=[card for card in cards if not card.attachment.file.is_picture],
        sending=sending_cards(actor=actor, subject_id=ticket.id),
        purpose=purpose_for(actor=actor, ticket=ticket),
    )


def sending_cards(*, actor: Actor, subject_id: UUID, shows_ready: bool = False) -> list[SendingCard]:
    """Return what the reader sends for a ticket; `shows_ready`: also what arrived, where its files are not shown."""
    rows = uploads_for(sender_id=actor.person_id, subject_id=subject_id)
    return [_sending(upload) for upload in rows if shows_ready or upload.state != UploadState.READY]


def _card(actor: Actor, ticket: Ticket, attachment: Attachment, now: datetime, *, is_head: bool) -> FileCard:
    is_own = attachment.added_by_id == actor.person_id and now - attachment.added_at <= TAKEN_BACK_WITHIN
    is_here = attachment.ticket_id == ticket.id
    shown = shows_adder(actor=actor, attachment=attachment)
    return FileCard(
        attachment=attachment,
        who=attachment.added_by.name if shown and attachment.added_by else "",
        is_evidence=attachment.purpose == Purpose.EVIDENCE,
        can_remove=is_here and (is_own or is_head),
        asks_reason=not is_own,
    )


def _sending(upload: Upload) -> SendingCard:
    is_refused = upload.state == UploadState.REFUSED
    words = REFUSALS[upload.reason].title if is_refused else BECAME[upload.state]
    return SendingCard(upload.name, words, ICONS[upload.state])
