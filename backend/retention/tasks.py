"""Background work of forgetting."""

from celery import shared_task

from backend.common.clock import database_now
from backend.retention.services import retention_run

SECONDS = 80
"""Less than a task may take; the next one goes on."""


@shared_task(name="retention.run")
def run() -> None:
    """Forget what is past its period."""
    retention_run(now=database_now(), seconds=SECONDS)
