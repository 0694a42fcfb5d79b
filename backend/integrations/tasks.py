"""Background work for other programs."""

from celery import shared_task

from backend.common.clock import database_now
from backend.integrations.services.calls import calls_purge


@shared_task(name="integrations.sweep")
def sweep() -> None:
    """Forget what the record of calls no longer keeps."""
    calls_purge(now=database_now())
