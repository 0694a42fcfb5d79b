"""Bringing the map of responsibility to what a file says: who is new takes over, and nobody is taken out."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from copy import copy
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from backend.common.recording import bulk_record
from backend.organisation.models import School
from backend.responsibility.errors import SharePast, ShareTaken
from backend.responsibility.models import OfficeSlot, Share, Slot

Row = Share | OfficeSlot


def rows_put(*, school: School, rows: Sequence[Row], today: date) -> None:
    """Store rows of one sort: those that are new, and those that are there with the end they have now.

    Whoever answered for the same until then does so until the day before. Raises ShareTaken where somebody is named
    for a later one of these days, and SharePast where a day that is over would be given to somebody else. The number of
    statements does not grow with the rows.
    """
    if not rows:
        return
    model: Any = type(rows[0])
    stored: dict[UUID, Row] = {row.id: row for row in model.objects.filter(_lasting(), school=school)}
    touched = {row.id: row for row in rows}
    held: dict[Hashable, list[Row]] = defaultdict(list)
    for kept in stored.values():
        if kept.id not in touched:
            held[_matter(kept)].append(copy(kept))
    for row in sorted(rows, key=lambda row: row.from_day):
        for before in _overlapping(held[_matter(row)], row):
            if row.from_day < max(today, before.from_day):
                raise (SharePast if row.from_day < today else ShareTaken)(_where(row, today))
            before.ends_on = row.from_day
            touched[before.id] = before
        held[_matter(row)].append(row)
    changed = [row for row in touched.values() if row.id in stored]
    new = [row for row in touched.values() if row.id not in stored]
    model.objects.bulk_update(changed, ["ends_on"])
    model.objects.bulk_create(new)
    bulk_record(before=[*[stored[row.id] for row in changed], *[None] * len(new)], after=[*changed, *new])


def _lasting() -> Q:
    return Q(ends_on__isnull=True) | Q(ends_on__gt=F("from_day"))


def _matter(row: Row) -> Hashable:
    """Return what only one person answers for at a time."""
    if isinstance(row, Share):
        return row.place_id, row.topic
    return row.unit_id, row.slot, row.person_id if row.slot == Slot.SUPPORTING else None


def _overlapping(held: Sequence[Row], new: Row) -> list[Row]:
    return [
        row
        for row in held
        if row.ends_on != row.from_day
        and (row.ends_on is None or row.ends_on > new.from_day)
        and (new.ends_on is None or row.from_day < new.ends_on)
    ]


def _where(row: Row, today: date) -> str:
    title = SharePast.title if row.from_day < today else ShareTaken.title
    return f"{title} ({row})"
