"""A file that is here whole is examined: what is kept of it replaces its parts; of a refused one nothing is kept."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.common.faults import fault_point
from backend.common.outbox import OutboxDraft, outbox_add
from backend.files.documents import office_kind, pdf_check, text_as_utf8
from backend.files.errors import FileDamaged, FileRefused
from backend.files.kinds import JPEG, FileKind, Reader, kind_of
from backend.files.models import StoredFile, Upload, UploadState
from backend.files.names import name_ending_in
from backend.files.pictures import picture_made_anew
from backend.files.store import KEPT, LARGE, ORIGINAL, SMALL, content_read, content_write, contents_delete, part_name

IS_READY = "file.ready"
"""The beginning of the topic; the kind of thing it was sent for follows."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A file as it is kept: its kind, its contents by the names under which they are stored, and a picture's sides."""

    kind: FileKind
    contents: dict[str, bytes]
    sides: dict[str, int] = field(default_factory=dict)


def upload_check(*, upload_id: UUID, now: datetime) -> None:
    """Examine a file that is here whole, and keep it or refuse it; the store is asked outside any transaction.

    A repetition does the same over again: whatever ends the process half-way leaves nothing that anybody sees.
    """
    upload = Upload.objects.filter(id=upload_id, state=UploadState.CHECKING).first()
    if upload is None:
        return
    try:
        examined = _examined(upload)
    except FileRefused as refusal:
        _refuse(upload, refusal.code, now)
    else:
        for name, content in examined.contents.items():
            content_write(file_id=upload.id, name=name, content=content)
        fault_point("file.stored")
        _keep(upload, examined, now)
    contents_delete(file_id=upload.id, names=[part_name(number) for number in range(upload.parts)])


def _examined(upload: Upload) -> Examined:
    content = b"".join(content_read(file_id=upload.id, name=part_name(number)) for number in range(upload.parts))
    if hashlib.sha256(content).hexdigest() != upload.sha256:
        raise FileDamaged
    kind = kind_of(content=content, name=upload.name) or office_kind(content=content)
    if kind.reader is Reader.PICTURE:
        picture = picture_made_anew(content=content, file_format=kind.word)
        sides = {"width": picture.width, "height": picture.height}
        return Examined(JPEG, {LARGE: picture.large, SMALL: picture.small}, sides)
    if kind.reader is Reader.PDF:
        pdf_check(content=content)
    if kind.reader is Reader.TEXT:
        content = text_as_utf8(content=content)
    return Examined(kind, {ORIGINAL: content})


@transaction.atomic
def _keep(upload: Upload, examined: Examined, now: datetime) -> None:
    """Make the file be there, and let whatever it was sent for hear of it after the commit."""
    if not _leave_checking(upload, UploadState.READY, "", now):
        return
    content = examined.contents.get(LARGE) or examined.contents[ORIGINAL]
    StoredFile.objects.create(
        id=upload.id,
        kind=StoredFile.Kind.PICTURE if examined.sides else StoredFile.Kind.DOCUMENT,
        media_type=examined.kind.media_type,
        name=name_ending_in(upload.name, examined.kind.ending),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        stored_at=now,
        **examined.sides,
    )
    told = {
        "file": str(upload.id),
        "subject": str(upload.subject_id),
        "sender": str(upload.sender_id),
        "purpose": upload.purpose,
    }
    topic = f"{IS_READY}:{upload.subject_kind}"
    outbox_add(drafts=[OutboxDraft(topic, f"file:{upload.id}:ready", told)], now=now)


def _refuse(upload: Upload, reason: str, now: datetime) -> None:
    _leave_checking(upload, UploadState.REFUSED, reason, now)
    # An earlier try may have come as far as storing some of it.
    contents_delete(file_id=upload.id, names=KEPT)


def _leave_checking(upload: Upload, state: UploadState, reason: str, now: datetime) -> bool:
    rows = Upload.objects.filter(id=upload.id, state=UploadState.CHECKING)
    return bool(rows.update(state=state, reason=reason, changed_at=now))
