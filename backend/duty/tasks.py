"""Background work on rosters."""

from celery import shared_task

from backend.common.clock import database_now
from backend.duty.services import rosters_check


@shared_task(name="duty.check", time_limit=600)
def check() -> None:
    """Look for shifts in which nobody serves."""
    rosters_check(now=database_now())
