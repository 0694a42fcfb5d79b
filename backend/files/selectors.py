"""Reads of uploads, by whoever sends them, and of kept files, by rooms above that know who may see them."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from backend.common.errors import NotFound
from backend.files.models import StoredFile, Upload, UploadState

UNFINISHED = (UploadState.RECEIVING, UploadState.CHECKING)


def upload_get(*, sender_id: UUID, upload_id: UUID) -> Upload:
    """Return a file that this person sends, or NotFound."""
    upload = Upload.objects.filter(id=upload_id, sender_id=sender_id).first()
    if upload is None:
        raise NotFound
    return upload


def uploads_for(*, sender_id: UUID, subject_id: UUID) -> QuerySet[Upload]:
    """Return what this person sent for one thing in the last week and what became of it, first to last."""
    return Upload.objects.filter(sender_id=sender_id, subject_id=subject_id).order_by("began_at", "id")


def upload_same(*, sender_id: UUID, subject_id: UUID, sha256: str) -> Upload | None:
    """Return what this person sent already for the same thing with the same content, and is not gone."""
    rows = Upload.objects.filter(sender_id=sender_id, subject_id=subject_id, sha256=sha256)
    is_removed = Exists(StoredFile.objects.filter(id=OuterRef("id"), removed_at__isnull=False))
    return rows.exclude(state=UploadState.REFUSED).exclude(is_removed).first()


def unfinished_count(*, sender_id: UUID) -> int:
    """Return how many files of a person are on their way."""
    return Upload.objects.filter(sender_id=sender_id, state__in=UNFINISHED).count()


def unfinished_of_subject(*, subject_id: UUID) -> int:
    """Return how many files are on their way to one thing, whoever sends them."""
    return Upload.objects.filter(subject_id=subject_id, state__in=UNFINISHED).count()


def parts_received(*, upload: Upload) -> list[int]:
    """Return the numbers of the parts that have arrived."""
    return list(upload.received.order_by("number").values_list("number", flat=True))
