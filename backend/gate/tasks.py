"""Background work of the gate."""

from celery import shared_task

from backend.common.clock import database_now
from backend.gate.services import visits_forget


@shared_task(name="gate.forget")
def forget() -> None:
    """Delete what the log no longer keeps."""
    visits_forget(now=database_now())
