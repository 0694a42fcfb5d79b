"""Waits that grow with each try of one kind by one subject, instead of locks that anybody could put on somebody else.

The first tries are free; each further one has to come later after the one before. A try that comes too early does not
count, so that nobody can keep a subject waiting for ever. Subjects are stored as keyed hashes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from backend.common.errors import DomainError
from backend.common.models import Tries

LARGEST_POWER = 30
MOST_IN_SECONDS = 120
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Growth:
    """The free tries, the wait after the first that is not, the longest wait, and for how long tries are remembered."""

    kind: str
    free: int
    first: timedelta
    longest: timedelta
    kept: timedelta

    def wait_after(self, count: int) -> timedelta:
        """Return the wait before the next try once so many have been made: it doubles from one to the next."""
        if count < self.free:
            return timedelta(0)
        factor: int = 2 ** min(count - self.free, LARGEST_POWER)
        return min(self.first * factor, self.longest)


class TooSoon(DomainError):
    """Too many tries; this one came before its wait was over."""

    code = "too_soon"
    status = 429
    title = _("This was tried too often. Please wait %(wait)s and try again.")

    def __init__(self, wait: timedelta, message: str | Promise | None = None) -> None:
        self.retry_after = max(1, ceil(wait.total_seconds()))
        super().__init__(str(message or self.title) % {"wait": wait_words(self.retry_after)})


def wait_words(seconds: int) -> str:
    """Return a wait in words: seconds up to two minutes, minutes beyond."""
    if seconds <= MOST_IN_SECONDS:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    minutes = ceil(seconds / MINUTE)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


@transaction.atomic
def try_count(*, growth: Growth, who: str, now: datetime, refusal: type[TooSoon] = TooSoon) -> None:
    """Count a try of somebody before it is made; raise the refusal, and count nothing, where it comes too soon."""
    fresh = {"count": 0, "next_at": now, "forget_at": now + growth.kept}
    row, _is_new = Tries.objects.select_for_update().get_or_create(key=_key(growth, who), defaults=fresh)
    if row.forget_at <= now:
        row.count, row.next_at = 0, now
    # Of two free tries at one instant the second may carry the earlier time: it waits for nothing all the same.
    if row.count >= growth.free and row.next_at > now:
        raise refusal(row.next_at - now)
    row.count += 1
    row.next_at, row.forget_at = now + growth.wait_after(row.count), now + growth.kept
    row.save()


@contextmanager
def try_taken_back(*, growth: Growth, who: str, now: datetime) -> Iterator[None]:
    """Take a counted try back if what it was for is never made (it raises): a refusal for lack of room is no try."""
    before = Tries.objects.filter(key=_key(growth, who))
    try:
        yield
    except DomainError:
        for row in before:
            before.update(count=max(0, row.count - 1), next_at=now)
        raise


def tries_forget(*, growth: Growth, who: str) -> None:
    """Forget the tries of somebody who succeeded."""
    Tries.objects.filter(key=_key(growth, who)).delete()


def _key(growth: Growth, who: str) -> str:
    return salted_hmac(f"allclear.tries.{growth.kind}", who, algorithm="sha256").hexdigest()
