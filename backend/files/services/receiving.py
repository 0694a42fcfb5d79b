"""A file comes in: it is announced, its parts arrive in any order, again where need be, and then it is whole."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from backend.common.errors import Invalid
from backend.common.outbox import OutboxDraft, outbox_add
from backend.files.errors import (
    FileTooLarge,
    PartDiffers,
    PartsMissing,
    PartWrong,
    TooManyFiles,
    TooManyUploads,
    UploadOver,
)
from backend.files.limits import MOST_UNFINISHED, PART_BYTES
from backend.files.models import Purpose, Upload, UploadPart, UploadState
from backend.files.names import name_checked
from backend.files.selectors import unfinished_count, unfinished_of_subject, upload_get, upload_same
from backend.files.store import content_write, part_name

MEGABYTE = 1024 * 1024
TO_CHECK = "file.received"


@dataclass(frozen=True, slots=True)
class UploadDraft:
    """A file to be sent: its name, its length, its digest in hex, and the purpose."""

    name: str
    size: int
    sha256: str
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing that files are sent for: its kind, its id, how many are kept with it and how many may be."""

    kind: str
    id: UUID
    kept: int
    most: int


@transaction.atomic
def upload_begin(*, sender_id: UUID, subject: Subject, draft: UploadDraft, now: datetime) -> Upload:
    """Announce a file for one thing, or return the one with this content that the same person sends for it already.

    The caller holds a lock on the thing, so that nobody announces the same twice at once.
    """
    _draft_check(draft)
    known = upload_same(sender_id=sender_id, subject_id=subject.id, sha256=draft.sha256)
    if known is not None:
        return known
    if subject.kept + unfinished_of_subject(subject_id=subject.id) >= subject.most:
        raise TooManyFiles
    if unfinished_count(sender_id=sender_id) >= MOST_UNFINISHED:
        raise TooManyUploads
    return Upload.objects.create(
        sender_id=sender_id,
        subject_kind=subject.kind,
        subject_id=subject.id,
        purpose=draft.purpose,
        name=name_checked(draft.name),
        size=draft.size,
        sha256=draft.sha256,
        part_size=PART_BYTES,
        began_at=now,
        changed_at=now,
    )


def part_receive(*, sender_id: UUID, upload_id: UUID, number: int, content: bytes, now: datetime) -> None:
    """Keep a part; the same one again changes nothing. The content is stored first, outside any transaction."""
    upload = upload_get(sender_id=sender_id, upload_id=upload_id)
    if number >= upload.parts or len(content) != upload.part_length(number):
        raise PartWrong
    digest = hashlib.sha256(content).hexdigest()
    if _is_here(upload, number, digest):
        return
    if upload.state != UploadState.RECEIVING:
        raise UploadOver
    content_write(file_id=upload.id, name=part_name(number), content=content)
    with transaction.atomic():
        if not Upload.objects.filter(id=upload.id, state=UploadState.RECEIVING).update(changed_at=now):
            raise UploadOver
        UploadPart.objects.bulk_create([UploadPart(upload=upload, number=number, sha256=digest)], ignore_conflicts=True)


@transaction.atomic
def upload_complete(*, sender_id: UUID, upload_id: UUID, now: datetime) -> Upload:
    """Have a file that is here whole be examined after the commit; a file that is past that stays as it is."""
    upload = upload_get(sender_id=sender_id, upload_id=upload_id)
    upload = Upload.objects.select_for_update().get(id=upload.id)
    if upload.state != UploadState.RECEIVING:
        return upload
    if upload.received.count() < upload.parts:
        raise PartsMissing
    upload.state = UploadState.CHECKING
    upload.changed_at = now
    upload.save(update_fields=["state", "changed_at"])
    outbox_add(drafts=[OutboxDraft(TO_CHECK, f"file:{upload.id}:received", {"upload": str(upload.id)})], now=now)
    return upload


def upload_take(*, upload: Upload, content: IO[bytes], now: datetime) -> Upload:
    """Take in a file that came whole with a form, by the same steps as one that comes in parts."""
    for number in range(upload.parts):
        part_receive(
            sender_id=upload.sender_id,
            upload_id=upload.id,
            number=number,
            content=content.read(upload.part_length(number)),
            now=now,
        )
    return upload_complete(sender_id=upload.sender_id, upload_id=upload.id, now=now)


def _draft_check(draft: UploadDraft) -> None:
    if draft.size < 1:
        raise Invalid(_("The file is empty."), pointer="/size")
    if draft.size > settings.FILE_MAX_MEGABYTES * MEGABYTE:
        raise FileTooLarge(pointer="/size")
    name_checked(draft.name)


def _is_here(upload: Upload, number: int, digest: str) -> bool:
    """Say whether this very part has arrived; raise PartDiffers where another has in its place."""
    known = upload.received.filter(number=number).values_list("sha256", flat=True).first()
    if known is not None and known != digest:
        raise PartDiffers
    return known is not None
