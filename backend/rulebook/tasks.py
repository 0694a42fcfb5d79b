"""Background work on rulebooks."""

from celery import shared_task

from backend.common.clock import database_now
from backend.rulebook.services import rulebooks_check


@shared_task(name="rulebook.check", time_limit=1800)
def check() -> None:
    """Check the rulebook of every school against its posts, absences and rosters."""
    rulebooks_check(now=database_now())
