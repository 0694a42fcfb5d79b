"""Background work on rounds."""

from celery import shared_task

from backend.common.clock import database_now
from backend.rounds.services.making import rounds_make


@shared_task(name="rounds.make", time_limit=600)
def make() -> None:
    """Make the rounds of the coming days, and anew those whose day, times or offices have changed."""
    rounds_make(now=database_now())
