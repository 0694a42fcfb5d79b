"""Background work on schools and people."""

from celery import shared_task

from backend.common.clock import database_now
from backend.organisation.services.powers import powers_look


@shared_task(name="organisation.look_at_powers")
def look_at_powers() -> None:
    """Remind whoever can confirm what waits for a second person, and let go of what waited too long."""
    powers_look(now=database_now())
