"""Giving records beside the tickets their number in the tree: tables that settings name and that are only added to."""
# ruff: noqa: S608 - what is put into the statements is written in settings

import secrets
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from backend.notary.covering import NEWEST, record_digest
from backend.notary.services.leaves import Added, Covering, leaves_add, mark_lock
from backend.workflow.ledger import SALT_BYTES

RECORDS = 2_000
BATCHES = 10
"""Of each kind in one look; the next one goes on."""
BEHIND = 10_000
"""Keys are given out before the commit: so far behind the last one that has a number, one without is looked for."""


def records_number(*, is_full: bool) -> bool:
    """Number the records that have no number yet; return whether none is left."""
    done = [_number(kind, is_full=is_full) for kind in settings.NOTARY_RECORDS]
    return all(done)


def _number(kind: str, *, is_full: bool) -> bool:
    after = None
    for _batch in range(BATCHES):
        with transaction.atomic():
            mark = mark_lock()
            if mark is None:
                return False
            reached = mark.records.get(kind, 0)
            if after is None:
                after = 0 if is_full else max(reached - BEHIND, 0)
            found = _found(kind, after)
            if not found:
                return True
            leaves_add(mark=mark, leaves=[_added(kind, key, salt, digest) for key, salt, digest in found])
            after = found[-1][0]
            mark.records[kind] = max(reached, after)
            mark.save(update_fields=["size", "records"])
        if len(found) < RECORDS:
            return True
    return False


def _found(kind: str, after: int) -> list[tuple[int, bytes, bytes]]:
    """Return records without a number, each with a salt and its digest."""
    table, columns = settings.NOTARY_RECORDS[kind]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT record.id FROM {table} AS record
            WHERE record.id > %s AND NOT EXISTS (
                SELECT FROM notary_leaf AS leaf
                WHERE leaf.subject = lpad(to_hex(record.id), 32, '0')::uuid AND leaf.kind = %s
            ) ORDER BY record.id LIMIT %s""",
            [after, kind, RECORDS],
        )
        keys = [row[0] for row in cursor.fetchall()]
        if not keys:
            return []
        salts = [secrets.token_bytes(SALT_BYTES) for _key in keys]
        cursor.execute(record_digest(table, columns), [keys, salts])
        made = {key: bytes(digest) for key, digest in cursor.fetchall()}
    return [(key, salt, made[key]) for key, salt in zip(keys, salts, strict=True) if key in made]


def _added(kind: str, key: int, salt: bytes, digest: bytes) -> Added:
    return Added(kind, UUID(int=key), 0, covering=Covering(NEWEST, salt, (digest,)))
