"""Background work on figures."""

from celery import shared_task

from backend.common.clock import database_now
from backend.insights.services.counting import changes_count


@shared_task(name="insights.count")
def count() -> None:
    """Count what changed on tickets since the last time."""
    changes_count(now=database_now())
