"""Making anew what a leaf was made of, from what is on record now: the entries, and what each ticket says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from backend.notary.covering import PARTS, digests, record_digest
from backend.notary.entries import covering_entry, event_entry, sweep_entry, sweep_instant
from backend.notary.models import Cover, Leaf

TICKETS = 500
FIRST = UUID(int=0)
EVENT_HASHES = """
SELECT asked.subject, asked.number, event.hash
FROM unnest(%s::uuid[], %s::integer[]) AS asked(subject, number)
JOIN workflow_ticketevent AS event ON event.ticket_id = asked.subject AND event.sequence = asked.number"""
REFERENCES = "SELECT id, reference FROM workflow_ticket WHERE id = ANY(%s)"
GONE = """
SELECT count(*) FROM notary_leaf AS leaf JOIN notary_cover AS cover ON cover.index = leaf.index
WHERE leaf.kind = %s AND cover.salt = ''"""
FORGOTTEN = "SELECT coalesce(sum(count), 0) FROM {account} WHERE what = %s"
LAST_SAID = """
SELECT DISTINCT ON (leaf.subject) leaf.subject, leaf.number, leaf.index, cover.version, cover.salt, cover.digests
FROM notary_leaf AS leaf JOIN notary_cover AS cover ON cover.index = leaf.index
WHERE leaf.kind = 'state' AND leaf.subject > %s AND leaf.index >= %s
ORDER BY leaf.subject, leaf.number DESC LIMIT %s"""


class TreeBroken(Exception):
    """The first place at which the tree does not hold, as a sentence."""


@dataclass(frozen=True, slots=True)
class Made:
    """Leaves made anew, by their numbers."""

    entries: Mapping[int, bytes | None]
    """None where what the leaf is of is gone."""
    names: Mapping[int, str]
    broken: Mapping[int, str]
    """Records that are gone or say something else, each as a sentence."""


def entries_made(batch: Sequence[Leaf]) -> Made:
    """Return the entry of each leaf, what to call it, and which records are not what they were."""
    names = _names(batch)
    entries: dict[int, bytes | None] = {}
    events = [leaf for leaf in batch if leaf.kind == Leaf.EVENT]
    hashes = _hashes(events)
    for leaf in events:
        found = hashes.get((leaf.subject, leaf.number))
        entries[leaf.index] = None if found is None else event_entry(found)
    entries |= {leaf.index: sweep_entry(leaf.subject, leaf.number) for leaf in batch if leaf.kind == Leaf.SWEEP}
    others = {leaf.index: leaf for leaf in batch if leaf.index not in entries}
    covers = Cover.objects.in_bulk(list(others))
    for index, leaf in others.items():
        cover = covers.get(index)
        made = list(map(bytes, cover.digests)) if cover else []
        is_there = cover is not None
        entry = covering_entry(leaf.kind, leaf.subject, leaf.number, cover.version if cover else 0, made)
        entries[index] = entry if is_there else None
    return Made(entries, names, dict(_records_changed(others, covers, names)))


def present_check(*, after: UUID = FIRST, first: int = 0) -> Iterator[tuple[UUID, list[str]]]:
    """Yield how far it is, with what is found of tickets that do not say what they said at their last number.

    It goes through those after a ticket that got a leaf from some number on; at the end it raises TreeBroken where more
    is gone than was forgotten.
    """
    for batch in _last_said(after, first):
        broken: list[str] = []
        for version, rows in groupby(sorted(batch, key=lambda row: row[3]), key=lambda row: row[3]):
            if version in PARTS:
                broken += _changed(version, list(rows))
        yield batch[-1][0], broken
    _forgotten_check()


def _changed(version: int, rows: Sequence[tuple[UUID, int, int, int, bytes, list[bytes]]]) -> Iterator[str]:
    """Yield for each ticket that is gone or says something else a sentence that says so."""
    found = _rows(digests(version), [[row[0] for row in rows], [bytes(row[4]) for row in rows]])
    now = {ticket_id: (count, reference, made) for ticket_id, count, reference, made in found}
    for subject, number, index, _version, _salt, kept in rows:
        if subject not in now:
            yield f"ticket {subject} is gone; what it said is leaf {index}"
            continue
        count, reference, made = now[subject]
        if count > number:
            continue  # it has changed since, and has no number for that yet
        parts = zip(PARTS[version], kept, made, strict=True)
        changed = (part for part, before, after in parts if bytes(before) != bytes(after))
        if part := next(changed, None):
            yield f"ticket {reference}: {part} is not what became leaf {index}"


def _last_said(after: UUID, first: int) -> Iterator[list[tuple[UUID, int, int, int, bytes, list[bytes]]]]:
    while batch := _rows(LAST_SAID, [after, first, TICKETS]):
        yield batch
        after = batch[-1][0]


def _hashes(events: Sequence[Leaf]) -> dict[tuple[UUID, int], bytes]:
    rows = _rows(EVENT_HASHES, [[leaf.subject for leaf in events], [leaf.number for leaf in events]])
    return {(subject, number): bytes(found) for subject, number, found in rows}


def _names(batch: Sequence[Leaf]) -> dict[int, str]:
    subjects: dict[UUID, object] = dict(_rows(REFERENCES, [[leaf.subject for leaf in batch]]))
    subjects |= {leaf.subject: sweep_instant(leaf.subject) for leaf in batch if leaf.kind == Leaf.SWEEP}
    words = {
        Leaf.EVENT: "event {number} of ticket {subject}",
        Leaf.STATE: "what ticket {subject} said at {number}",
        Leaf.SWEEP: "the sweep up to {subject}",
    }
    return {
        leaf.index: words.get(leaf.kind, "record {key} of {kind}").format(
            number=leaf.number,
            subject=subjects.get(leaf.subject, leaf.subject),
            key=leaf.subject.int,
            kind=settings.NOTARY_RECORDS.get(leaf.kind, (leaf.kind,))[0],
        )
        for leaf in batch
    }


def _records_changed(
    others: Mapping[int, Leaf], covers: Mapping[int, Cover], names: Mapping[int, str]
) -> Iterator[tuple[int, str]]:
    """Yield the leaf of each record that is gone or says something else, with a sentence that says so."""
    for kind, (table, columns) in settings.NOTARY_RECORDS.items():
        asked = [(leaf, covers[index]) for index, leaf in others.items() if leaf.kind == kind and index in covers]
        keys, salts = [leaf.subject.int for leaf, _cover in asked], [bytes(cover.salt) for _leaf, cover in asked]
        found = dict(_rows(record_digest(table, columns), [keys, salts])) if asked else {}
        gone = [leaf.index for leaf, _cover in asked if leaf.subject.int not in found]
        forgotten = _forgotten_now(gone) if kind in settings.NOTARY_FORGOTTEN else set()
        for leaf, cover in asked:
            now = found.get(leaf.subject.int)
            if leaf.index in forgotten:
                continue  # how many may be gone is compared at the end
            if now is None:
                yield leaf.index, f"{names[leaf.index]} is gone; it was leaf {leaf.index}"
            elif bytes(now) != bytes(cover.digests[0]):
                yield leaf.index, f"{names[leaf.index]} is not what became leaf {leaf.index}"


def _forgotten_now(gone: Sequence[int]) -> set[int]:
    """Return which covers have no salt now: a record may have been forgotten after its cover was read."""
    return set(Cover.objects.filter(index__in=gone, salt=b"").values_list("index", flat=True)) if gone else set()


def _forgotten_check() -> None:
    """Raise TreeBroken where more records of a kind are gone than its account says were forgotten."""
    for kind, (account, what) in settings.NOTARY_FORGOTTEN.items():
        (gone,), (said,) = _rows(GONE, [kind]) + _rows(FORGOTTEN.format(account=account), [what])
        if gone > said:
            raise TreeBroken(f"{gone} records of {kind} are gone, and {said} were forgotten")


def _rows(statement: str, parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
