"""The system's own 平安: leaves that say up to when no deadline was left waiting."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from backend.notary.entries import sweep_entry, sweep_subject
from backend.notary.models import Leaf
from backend.notary.services.leaves import Added, leaves_add, mark_lock

EVERY = timedelta(minutes=1)
MOST_FIRED = 2**31 - 1
# What waits to be tried is one look into the index that every sweep uses.
SWEPT = """
    SELECT least(max(beat.beat_at), (SELECT min(next_try_at) FROM deadlines_timer WHERE armed)), sum(beat.fired)::bigint
    FROM deadlines_engineheartbeat AS beat HAVING count(*) > 0"""


def sweep_number(*, now: datetime) -> None:
    """Add a leaf where the deadlines were swept for a minute more than the last one says; silence is what adds none.

    It says up to when, and how many rungs fired since the one before. The clock set back adds none until it is passed.
    """
    with transaction.atomic():
        mark = mark_lock()
        swept = _swept()
        if mark is None or swept is None:
            return
        up_to, fired = swept
        last = mark.records.get(Leaf.SWEEP)
        if up_to > now or (last and up_to < datetime.fromisoformat(last["up_to"]) + EVERY):
            return
        since = min(max(fired - (last["fired"] if last else 0), 0), MOST_FIRED)
        subject = sweep_subject(up_to)
        leaves_add(mark=mark, leaves=[Added(Leaf.SWEEP, subject, since, entry=sweep_entry(subject, since))])
        mark.records[Leaf.SWEEP] = {"up_to": up_to.isoformat(), "fired": fired}
        mark.save(update_fields=["size", "records"])


def _swept() -> tuple[datetime, int] | None:
    """Return up to when everything that could be tried was, and how many rungs ever fired; None before any sweep."""
    with connection.cursor() as cursor:
        cursor.execute(SWEPT)
        row: tuple[datetime, int] | None = cursor.fetchone()
    return row
