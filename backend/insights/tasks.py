"""Background work on figures."""

from uuid import UUID

from celery import shared_task

from backend.common.clock import database_now
from backend.common.outbox import outbox_deliver
from backend.insights.services.counting import changes_count
from backend.insights.services.exporting import ASKED, export_make, exports_sweep


@shared_task(name="insights.count")
def count() -> None:
    """Count what changed on tickets since the last time."""
    changes_count(now=database_now())


@shared_task(name="insights.export")
def export() -> None:
    """Make the files that were asked for."""
    outbox_deliver(
        topic=ASKED,
        send=lambda message: export_make(export_id=UUID(message.payload["export"]), now=database_now()),
        now=database_now(),
    )


@shared_task(name="insights.sweep")
def sweep() -> None:
    """Remove files that are older than a day."""
    exports_sweep(now=database_now())
