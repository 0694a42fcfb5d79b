"""Background work on files."""

import threading
from uuid import UUID

from celery import shared_task

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.common.outbox import outbox_deliver
from backend.files.services import contents_remove, upload_check, uploads_sweep

EXAMINING = threading.Lock()
"""One thread of a worker examines files at a time: the others stay free for what has a deadline."""


@shared_task(name="files.check")
def check() -> None:
    """Examine the files that are here whole; where another thread does, that one takes what waits."""
    if EXAMINING.acquire(blocking=False):
        try:
            outbox_deliver(topic="file.received", send=_check, now=database_now())
        finally:
            EXAMINING.release()


@shared_task(name="files.remove")
def remove() -> None:
    """Remove the contents of files that were taken away."""
    outbox_deliver(
        topic="file.removed",
        send=lambda message: contents_remove(file_id=UUID(message.payload["file"])),
        now=database_now(),
    )


@shared_task(name="files.sweep")
def sweep() -> None:
    """Give up what never became whole, and forget uploads that ended."""
    uploads_sweep(now=database_now())


def _check(message: OutboxMessage) -> None:
    upload_check(upload_id=UUID(message.payload["upload"]), now=database_now())
