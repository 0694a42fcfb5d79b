"""Forgetting uploads: what never became whole is given up, and after a week the rest of each is removed."""

from datetime import datetime

from django.db.models import Q

from backend.files.errors import FileUnfinished
from backend.files.limits import RECEIVED_WITHIN, UPLOAD_KEPT
from backend.files.models import Upload, UploadState
from backend.files.selectors import UNFINISHED
from backend.files.store import KEPT, contents_delete, part_name

MOST_SWEPT = 200
"""Uploads in one round; the rest waits for the next."""


def uploads_sweep(*, now: datetime) -> int:
    """Give up uploads of which nothing came for three days, and forget what ended a week ago; return how many.

    The state changes first, so that no part comes any more; then the store is cleared; the row goes last. A part that
    was on its way meanwhile goes with the row.
    """
    quiet = Q(state=UploadState.RECEIVING, changed_at__lt=now - RECEIVED_WITHIN)
    stuck = Q(state=UploadState.CHECKING, changed_at__lt=now - UPLOAD_KEPT)
    ended = ~Q(state__in=UNFINISHED) & Q(changed_at__lt=now - UPLOAD_KEPT)
    rows = list(Upload.objects.filter(quiet | stuck | ended).order_by("changed_at", "id")[:MOST_SWEPT])
    for upload in rows:
        _give_up(upload, now)
    return len(rows)


def _give_up(upload: Upload, now: datetime) -> None:
    is_over = upload.state not in UNFINISHED
    if not is_over:
        unchanged = Upload.objects.filter(id=upload.id, state=upload.state, changed_at=upload.changed_at)
        if not unchanged.update(state=UploadState.REFUSED, reason=FileUnfinished.code, changed_at=now):
            return
    kept = () if upload.state == UploadState.READY else KEPT
    contents_delete(file_id=upload.id, names=[*(part_name(number) for number in range(upload.parts)), *kept])
    if is_over:
        upload.delete()
