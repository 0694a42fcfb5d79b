"""Background work on rounds."""

from celery import shared_task

from backend.common.clock import database_now
from backend.common.outbox import outbox_consume
from backend.rounds.services.campaigns import inspections_make
from backend.rounds.services.clusters import TOPIC, counts_look_at
from backend.rounds.services.making import rounds_make
from backend.rounds.services.omitting import omissions_link


@shared_task(name="rounds.make", time_limit=600)
def make() -> None:
    """Make the rounds and inspections of the coming days, and anew those whose day, times or offices have changed."""
    now = database_now()
    rounds_make(now=now)
    inspections_make(now=now)


@shared_task(name="rounds.link_omissions", time_limit=600)
def link_omissions() -> None:
    """Link what came out later with the daily reports that said all is well."""
    omissions_link(now=database_now())


@shared_task(name="rounds.look_for_clusters")
def look_for_clusters() -> None:
    """Look whether the numbers that classes gave show a cluster of illness."""
    outbox_consume(topic=TOPIC, handle=counts_look_at)
