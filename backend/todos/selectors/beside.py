"""The things that rooms beside the tickets ask of people, whichever room it is."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from backend.organisation.actors import Actor
from backend.workflow.owing import Owed, OwedReader, Sought


def owed_beside_tickets(*, actors: Iterable[Actor], sought: Sought | Mapping[str, Sought], now: datetime) -> list[Owed]:
    """Return what is sought of each kind, or of some kinds each its own, as people stand to it themselves.

    A program that acts for one of them is told less: only what `is_public`.
    """
    people = list({actor.person_id: replace(actor, through=None) for actor in actors}.values())
    found: list[Owed] = []
    for kind, path in settings.OWED_BESIDE_TICKETS.items():
        wanted = sought if isinstance(sought, Sought) else sought.get(kind)
        if wanted is not None:
            read: OwedReader = import_string(path)
            found += read(actors=people, sought=wanted, now=now)
    return found
