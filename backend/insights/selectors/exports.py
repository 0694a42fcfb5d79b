"""Reads of files made of figures and tickets: of whoever asked for them, while they may know of all that is in them."""

from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.db.models import QuerySet

from backend.common.errors import NotFound
from backend.files.store import ORIGINAL, content_open
from backend.insights.errors import ExportNotReady, ExportOutdated
from backend.insights.limits import KEPT_FOR
from backend.insights.models import Export
from backend.organisation.actors import Actor
from backend.organisation.permissions import Permission
from backend.rulebook.ruleset import Confidentiality
from backend.workflow.actions.reclassify import RECLASSIFY
from backend.workflow.counted import Countable, countable_by
from backend.workflow.models import TicketEvent
from backend.workflow.sight import tickets_known
from backend.workflow.system_events import CLASS_FOLLOWED, MERGED_HERE

CLASSING = (RECLASSIFY.name, MERGED_HERE.name, CLASS_FOLLOWED.name)
"""The events by which a ticket can become more confidential: by hand, or with one it is merged with."""


def exports_of(*, actor: Actor, now: datetime) -> QuerySet[Export]:
    """Return the files somebody asked for that are kept, without the list of what is in them."""
    return Export.objects.filter(person=actor.person_id, asked_at__gt=now - KEPT_FOR).defer("tickets")


def export_get(*, actor: Actor, export_id: UUID, now: datetime) -> Export:
    """Return one of them; raise NotFound."""
    actor.require(Permission.FIGURES_READ)
    found = exports_of(actor=actor, now=now).filter(id=export_id).first()
    if found is None:
        raise NotFound
    return found


def export_open(*, actor: Actor, export_id: UUID, now: datetime) -> tuple[Export, IO[Any]]:
    """Return a file that is ready with its content; it is asked anew whether all in it is open to its owner.

    Raise NotFound, ExportNotReady, or ExportOutdated where something in it left their sight, or their post is another.
    """
    export = export_get(actor=actor, export_id=export_id, now=now)
    if export.ready_at is None:
        raise ExportNotReady
    if not _is_open(export, actor):
        raise ExportOutdated
    return export, content_open(file_id=export.id, name=ORIGINAL)


def exports_standing(
    *, news: Mapping[UUID, Mapping[str, Any]], readers: Mapping[UUID, Actor], now: datetime
) -> set[UUID]:
    """Return, of news that files are ready, the ids of those whose file its owner can still open.

    News of an earlier version names no file, and is taken for granted.
    """
    ready = Export.objects.filter(ready_at__isnull=False, asked_at__gt=now - KEPT_FOR)
    named = {one: UUID(told["export"]) for one, told in news.items() if "export" in told}
    files = ready.in_bulk(list(named.values()))
    may = {one for one, export in named.items() if export in files and _may_open(files[export], readers[one])}
    return {one for one in news if one not in named or one in may}


def _may_open(export: Export, actor: Actor) -> bool:
    return export.person_id == actor.person_id and actor.may(Permission.FIGURES_READ) and _is_open(export, actor)


def _is_open(export: Export, actor: Actor) -> bool:
    """Say whether all in a file is open to its owner, and none of it became confidential since."""
    known = tickets_known(actor=actor, as_reporter=False).filter(id__in=export.tickets).count()
    if known < len(export.tickets) or _is_sealed_since(export):
        return False
    return bool(export.extent == extent_of(countable_by(actor=actor)))


def _is_sealed_since(export: Export) -> bool:
    """Say whether something in a file may hold words that have become confidential since somebody asked for it."""
    corrected = TicketEvent.objects.filter(ticket__in=export.tickets, kind__in=CLASSING, at__gte=export.asked_at)
    return corrected.exclude(ticket__seal=Confidentiality.K0).exists()


def extent_of(countable: Countable) -> list[Any]:
    """Return how far somebody counts, as a file keeps it."""
    return [countable.extent.value, [str(one) for one in countable.ids], sorted(countable.classes)]
