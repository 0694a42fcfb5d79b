"""Background work on rosters."""

from celery import shared_task

from backend.common.clock import database_now
from backend.duty.services import rosters_check
from backend.duty.services.contact import contacts_ask_planned


@shared_task(name="duty.check", time_limit=600)
def check() -> None:
    """Look for shifts in which nobody serves."""
    rosters_check(now=database_now())


@shared_task(name="duty.ask_contacts", time_limit=300)
def ask_contacts() -> None:
    """Ask the people of shifts that begin soon whether they can be reached."""
    contacts_ask_planned(now=database_now())
