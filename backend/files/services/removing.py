"""A kept file is removed: its row stays and says so, its name and its content go."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from backend.common.outbox import OutboxDraft, outbox_add
from backend.files.models import StoredFile
from backend.files.store import KEPT, contents_delete

TO_REMOVE = "file.removed"


@transaction.atomic
def file_remove(*, file_id: UUID, now: datetime) -> None:
    """Let a file be gone for every reader at once, and its content from the store after the commit."""
    StoredFile.objects.filter(id=file_id, removed_at=None).update(removed_at=now, name="")
    outbox_add(drafts=[OutboxDraft(TO_REMOVE, f"file:{file_id}:removed", {"file": str(file_id)})], now=now)


def contents_remove(*, file_id: UUID) -> None:
    """Remove the content of a file from the store, outside any transaction."""
    contents_delete(file_id=file_id, names=KEPT)
