"""Background work of the training log."""

from celery import shared_task

from backend.common.clock import database_now
from backend.training.services.forgetting import names_forget
from backend.training.services.keeping import dues_keep


@shared_task(name="training.keep", time_limit=600)
def keep() -> None:
    """Bring what is due in step, tell whoever is asked something new, and forget who was there long ago."""
    now = database_now()
    dues_keep(now=now)
    names_forget(now=now)
