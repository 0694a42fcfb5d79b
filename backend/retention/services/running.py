"""One run of forgetting: batch after batch, each a transaction of its own, until nothing is left or its time is over.

What a batch did stands in the account with it, so a run that is stopped anywhere goes on with the next one.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from django.db import DatabaseError, connection, transaction

from backend.retention.models import Forgotten, What
from backend.retention.row_rules import ROW_RULES
from backend.retention.selectors import Kept, callers_past, rows_past, schools_kept, tickets_past
from backend.retention.services.tickets import callers_forget, keys_forget, tickets_forget

TICKETS_AT_ONCE = 50
ROWS_AT_ONCE = 1000
LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('retention.run'))"
ROWS_FORGET = "SELECT retention_rows_forget(%s, %s, %s, %s)"
Batch = Callable[[], tuple[What, int]]
logger = logging.getLogger(__name__)


def retention_run(*, now: datetime, seconds: float, is_dry: bool = False) -> Counter[What]:
    """Forget what is past its period for so many seconds, and return how many of each kind; dry: only count."""
    schools = list(schools_kept())
    if is_dry:
        return _counted(schools, now)
    until = time.monotonic() + seconds
    done = Counter[What]()
    keys_forget()
    for batch in _batches(schools, now):
        done.update(_finished(batch, until))
    keys_forget()
    return +done


def _finished(batch: Batch, until: float) -> Counter[What]:
    """Repeat a batch until nothing is left or the time is over; one that the database refuses stops no other."""
    done, count = Counter[What](), 1
    try:
        while count and time.monotonic() < until:
            what, count = batch()
            done[what] += count
    except DatabaseError:
        logger.exception("ALARM: what is past its period could not be forgotten: %s", batch)
    return done


def _counted(schools: list[Kept], now: datetime) -> Counter[What]:
    counted = Counter[What]()
    for kept in schools:
        counted[What.TICKETS] += tickets_past(kept=kept, now=now).count()
        counted[What.CALLERS] += callers_past(kept=kept, now=now).count()
    for name, what, kept in _kinds(schools):
        counted[what] += rows_past(name=name, kept=kept, now=now)
    return +counted


def _batches(schools: list[Kept], now: datetime) -> Iterator[Batch]:
    for kept in schools:
        yield partial(_tickets, kept, now)
        yield partial(_callers, kept, now)
    yield from (partial(_rows, name, what, kept, now) for name, what, kept in _kinds(schools))


def _kinds(schools: list[Kept]) -> Iterator[tuple[str, What, Kept]]:
    """Yield the rules of rows, each with the school whose periods count; of news the longest of any school does."""
    for name, rule in ROW_RULES.items():
        if rule.period == "patrols":
            yield from ((name, What.PATROLS, kept) for kept in schools)
    longest = max(schools, key=lambda kept: kept.keeping.news, default=None)
    if longest:
        yield from ((name, What.NEWS, longest) for name, rule in ROW_RULES.items() if rule.period == "news")


@transaction.atomic
def _tickets(kept: Kept, now: datetime) -> tuple[What, int]:
    ids = list(tickets_past(kept=kept, now=now).values_list("id", flat=True)[:TICKETS_AT_ONCE]) if _locked() else []
    count = tickets_forget(ticket_ids=ids, now=now) if ids else 0
    return _account(What.TICKETS, count, kept, now)


@transaction.atomic
def _callers(kept: Kept, now: datetime) -> tuple[What, int]:
    ids = list(callers_past(kept=kept, now=now).values_list("id", flat=True)[:TICKETS_AT_ONCE]) if _locked() else []
    count = callers_forget(ticket_ids=ids, now=now) if ids else 0
    return _account(What.CALLERS, count, kept, now)


@transaction.atomic
def _rows(name: str, what: What, kept: Kept, now: datetime) -> tuple[What, int]:
    if not _locked():
        return what, 0
    before = now - kept.keeping.of(ROW_RULES[name].period)
    with connection.cursor() as cursor:
        cursor.execute(ROWS_FORGET, [name, kept.school_id, before, ROWS_AT_ONCE])
        (count,) = cursor.fetchone() or (0,)
    return _account(what, count, kept, now)


def _locked() -> bool:
    """Take the lock of the run until the end of the transaction; where another run has it this one leaves all to it."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        return bool((cursor.fetchone() or (False,))[0])


def _account(what: What, count: int, kept: Kept, now: datetime) -> tuple[What, int]:
    if count:
        school_id = None if what == What.NEWS else kept.school_id
        Forgotten.objects.create(what=what, count=count, school_id=school_id, at=now)
    return what, count
