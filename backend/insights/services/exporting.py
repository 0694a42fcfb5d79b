"""Making files of figures and tickets: asked for by a person, made by a worker, removed after a day."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, TypedDict
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation

from backend.common.outbox import OutboxDraft, outbox_add
from backend.duty.selectors import actors_of
from backend.files.store import ORIGINAL, contents_delete, file_write
from backend.insights.errors import TooManyExports
from backend.insights.limits import KEPT_FOR, MOST_AT_ONCE, MOST_SWEPT
from backend.insights.models import Export
from backend.insights.promise_words import promises_table
from backend.insights.selectors.exports import exports_of, extent_of
from backend.insights.selectors.extents import Reach, reach_of
from backend.insights.selectors.figures import figures_within
from backend.insights.selectors.hazards import hazard_columns, hazard_lines, hazard_tickets
from backend.insights.selectors.promises import promises_within
from backend.insights.selectors.register import MOST_TICKETS, Line, register_columns, register_lines, register_tickets
from backend.insights.shapes import Narrowing, Period
from backend.insights.sheets import WRITERS, SheetWriter
from backend.insights.tables import figure_tables
from backend.organisation.actors import Actor
from backend.organisation.models import Person
from backend.organisation.permissions import Permission
from backend.workflow.models import Ticket

ASKED, READY = "figures.export", "figures.exported"


@dataclass(frozen=True, slots=True)
class ExportDraft:
    """A file to be: of what, as which sort, in which language, of which days, narrowed to what."""

    kind: str
    format: str
    language: str
    period: Period
    narrowing: Narrowing


class Asked(TypedDict):
    """The reader of a file, as far as they count, and what of it is chosen."""

    actor: Actor
    reach: Reach
    period: Period
    narrowing: Narrowing


@transaction.atomic
def export_ask(*, actor: Actor, draft: ExportDraft, now: datetime) -> Export:
    """Have a file made; raise PermissionDenied, NotFound for what is not theirs to count, or TooManyExports."""
    actor.require(Permission.FIGURES_READ)
    reach_of(actor=actor).check(draft.narrowing)
    Person.objects.select_for_update(no_key=True).get(id=actor.person_id)
    if exports_of(actor=actor, now=now).filter(ready_at=None).count() >= MOST_AT_ONCE:
        raise TooManyExports
    export = Export.objects.create(
        person_id=actor.person_id,
        kind=draft.kind,
        format=draft.format,
        language=draft.language,
        first_day=draft.period.first,
        last_day=draft.period.last,
        school_id=draft.narrowing.school,
        office_id=draft.narrowing.office,
        group=draft.narrowing.group or "",
        asked_at=now,
    )
    wanted = OutboxDraft(topic=ASKED, dedup_key=f"{ASKED}:{export.id}", payload={"export": str(export.id)})
    outbox_add(drafts=[wanted], now=now)
    return export


def export_make(*, export_id: UUID, now: datetime) -> None:
    """Make a file outside any transaction, with progress, then tell its owner; a second time replaces the first.

    Whoever may not read figures any more gets none.
    """
    export = Export.objects.filter(id=export_id, ready_at=None).first()
    if export is None:
        return
    actor = actors_of(person_ids=[export.person_id]).get(export.person_id)
    if actor is None or not actor.may(Permission.FIGURES_READ):
        export.delete()
        return
    reach = reach_of(actor=actor)
    export.extent = extent_of(reach.countable)
    with tempfile.TemporaryFile() as file, translation.override(export.language):
        _write(export, actor, reach, file, now)
        export.size = file.tell()
        file.seek(0)
        file_write(file_id=export.id, name=ORIGINAL, file=file)
    _finish(export, now)


def exports_sweep(*, now: datetime) -> int:
    """Remove files older than a day, the content first; return how many."""
    old = list(Export.objects.filter(asked_at__lte=now - KEPT_FOR).order_by("asked_at").values_list("id", flat=True))
    for export_id in old[:MOST_SWEPT]:
        contents_delete(file_id=export_id, names=[ORIGINAL])
        Export.objects.filter(id=export_id).delete()
    return len(old[:MOST_SWEPT])


def _write(export: Export, actor: Actor, reach: Reach, file: IO[bytes], now: datetime) -> None:
    writer = WRITERS[export.format](file)
    period = Period(export.first_day, export.last_day)
    narrowing = Narrowing(export.school_id, export.office_id, export.chosen_group)
    asked: Asked = {"actor": actor, "reach": reach, "period": period, "narrowing": narrowing}
    if export.kind == Export.Kind.TICKETS:
        tickets = register_tickets(**asked)
        writer.begin(translation.gettext("Tickets"), register_columns())
        _write_lines(export, tickets, register_lines(tickets=tickets, period=period), writer)
    elif export.kind == Export.Kind.HAZARDS:
        tickets = hazard_tickets(**asked)
        writer.begin(translation.gettext("Hazard register"), hazard_columns())
        _write_lines(export, tickets, hazard_lines(actor=actor, tickets=tickets, period=period, now=now), writer)
    else:
        figures = figures_within(reach=reach, period=period, narrowing=narrowing, now=now)
        promises = promises_within(reach=reach, period=period, narrowing=narrowing, now=now)
        for table in (*figure_tables(figures=figures, reach=reach), promises_table(parts=promises)):
            writer.begin(table.title, table.columns)
            for line in table.lines:
                writer.line(line)
    writer.end()


def _write_lines(
    export: Export, tickets: QuerySet[Ticket], chunks: Iterable[Sequence[Line]], writer: SheetWriter
) -> None:
    export.rows, export.tickets = min(tickets.count(), MOST_TICKETS), []
    for chunk in chunks:
        room = MOST_TICKETS - len(export.tickets)
        for line in chunk[:room]:
            writer.line(line.values)
        export.tickets += [line.ticket_id for line in chunk[:room]]
        export.is_cut = len(chunk) > room
        Export.objects.filter(id=export.id).update(rows=export.rows, done=len(export.tickets))
        if export.is_cut:
            return


def _finish(export: Export, now: datetime) -> None:
    """Note that a file is ready and tell its owner, in one transaction; one that was removed meanwhile stays so."""
    export.ready_at, export.done = now, len(export.tickets)
    with transaction.atomic():
        fields = ("size", "is_cut", "tickets", "extent", "ready_at", "done")
        if Export.objects.filter(id=export.id).update(**{name: getattr(export, name) for name in fields}):
            payload = {"people": [str(export.person_id)], "export": str(export.id)}
            outbox_add(drafts=[OutboxDraft(topic=READY, dedup_key=f"{READY}:{export.id}", payload=payload)], now=now)
