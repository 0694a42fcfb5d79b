"""The share of an hour that comes in without a name, and waits of wrong codes; nothing of it reaches the database.

Sources are counted in the cache alone, under a keyed hash that is another one each day: after a day nobody can say
that two were the same, and nobody can say of either where it was. A missing cache keeps nobody out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError
from rest_framework.request import Request

from backend.anonymous.errors import CodesBusy, TooManyReports
from backend.common.client_address import source_address, wider_source
from backend.common.throttling import CACHE_CIRCUIT, counter
from backend.common.waits import Growth, TooSoon

HOUR = 3600
OF_SOURCE, OF_SCHOOL = 20, 100
"""Reports an hour: a whole school may share one source, and no source may fill the whole."""
GUESSES = Growth("tracking-code", 10, timedelta(seconds=1), timedelta(seconds=30), timedelta(hours=1))
"""Wrong codes of one source. The wait stays short, for whoever has a right one may share the source."""


def sources_of(request: HttpRequest | Request, *, now: datetime) -> list[str]:
    """Return under which names a client is counted today."""
    found = (source_address(request), wider_source(request))
    return [_hidden(source, now) for source in found if source]


def report_count(*, school_id: UUID, sources: list[str], now: datetime) -> None:
    """Count a report; raise TooManyReports where its source or the school has had its share of this hour."""
    hour, rest = divmod(int(now.timestamp()), HOUR)
    most = {**{f"report:{source}:{hour}": OF_SOURCE for source in sources[:1]}, f"report:{school_id}:{hour}": OF_SCHOOL}
    for name, limit in most.items():
        if _counted(name, HOUR) > limit:
            raise TooManyReports(retry_after=HOUR - rest)


@contextmanager
def guess_counted(*, sources: list[str]) -> Iterator[None]:
    """Count a code as wrong until it has proven right; raise TooSoon, and try nothing, before a wait is over.

    It counts beforehand, so that many at one instant win nothing. A code that was not tried at all, since one of its
    sources waits or there was no place to hash it, does not count.
    """
    counted: list[str] = []
    try:
        for source in sources:
            _wait(source)
            counted.append(source)
        yield
    except (CodesBusy, TooSoon):
        _take_back(counted)
        raise
    _take_back(counted)


def _wait(source: str) -> None:
    count, kept = _counted(f"guess:{source}", int(GUESSES.kept.total_seconds())), _name(f"wait:{source}")
    wait = GUESSES.wait_after(count)
    if not wait or CACHE_CIRCUIT.is_open:
        return
    try:
        if counter().set(kept, 1, nx=True, px=ceil(wait.total_seconds() * 1000)):
            return
        left = int(counter().pttl(kept))
        counter().decr(_name(f"guess:{source}"))
    except (RedisError, OSError):
        CACHE_CIRCUIT.trip()
        return
    raise TooSoon(timedelta(milliseconds=max(left, 1)))


def _take_back(sources: list[str]) -> None:
    if CACHE_CIRCUIT.is_open:
        return
    try:
        for source in sources:
            counter().decr(_name(f"guess:{source}"))
            counter().delete(_name(f"wait:{source}"))
    except (RedisError, OSError):
        CACHE_CIRCUIT.trip()


def _counted(name: str, seconds: int) -> int:
    if CACHE_CIRCUIT.is_open:
        return 0
    try:
        counting = counter().pipeline(transaction=False)
        counting.incr(_name(name))
        counting.expire(_name(name), seconds, nx=True)
        return int(counting.execute()[0])
    except (RedisError, OSError):
        CACHE_CIRCUIT.trip()
        return 0


def _name(name: str) -> str:
    return f"allclear:anonymous:{name}"


def _hidden(source: str, now: datetime) -> str:
    return salted_hmac(f"allclear.anonymous.source.{now:%F}", source, algorithm="sha256").hexdigest()
