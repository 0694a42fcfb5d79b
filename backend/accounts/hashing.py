"""Hashing passwords, with a cap on how many run at once: each takes a hundred mebibytes and a third of a second.

Each process works on one for people who are known (signed in, or at a device they have used) and one for anybody; a
few more wait for their turn, and the rest are refused at once. Over all processes and hosts the database's advisory
locks hold the number: a process that dies lets go of its own.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.utils.translation import gettext_lazy as _

from backend.common.errors import DomainError

LOCKS = 0x68617368
"""The class of the advisory locks; the second key is the place."""
AT_ONCE = 1
MOST_WAITING = 4
LONGEST_WAIT = 3.0
PAUSE = 0.05
TAKE = "SELECT place FROM generate_series(%s::int, %s::int) AS place WHERE pg_try_advisory_lock(%s, place) LIMIT 1"
GIVE_BACK = "SELECT pg_advisory_unlock(%s, %s)"


class HashingBusy(DomainError):
    """As many passwords are being checked as the machine bears."""

    code = "sign_in_busy"
    status = 429
    title = _("Many people are signing in at this moment. Please try again in a few seconds.")
    retry_after = 3


class Room:
    """The places of one sort of people: some work, a few wait, and nobody else gets in."""

    def __init__(self, *, first_place: int) -> None:
        self._first_place = first_place
        self._working = threading.BoundedSemaphore(AT_ONCE)
        self._waiting = threading.BoundedSemaphore(MOST_WAITING)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place in this process and one among all processes; raise HashingBusy."""
        until = time.monotonic() + LONGEST_WAIT
        if not self._working.acquire(blocking=False):
            self._wait(until)
        try:
            with self._among_all(until):
                yield
        finally:
            self._working.release()

    def _wait(self, until: float) -> None:
        if not self._waiting.acquire(blocking=False):
            raise HashingBusy
        try:
            is_there = self._working.acquire(timeout=max(0.0, until - time.monotonic()))
        finally:
            self._waiting.release()
        if not is_there:
            raise HashingBusy

    @contextmanager
    def _among_all(self, until: float) -> Iterator[None]:
        half = max(1, settings.PASSWORD_HASHES_AT_ONCE // 2)
        first = self._first_place * half
        place = _take(first, first + half - 1, until)
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute(GIVE_BACK, [LOCKS, place])


def _take(first: int, last: int, until: float) -> int:
    while True:
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [first, last, LOCKS])
            row = cursor.fetchone()
        if row is not None:
            return int(row[0])
        if time.monotonic() >= until:
            raise HashingBusy
        time.sleep(PAUSE)


OF_STRANGERS = Room(first_place=0)
OF_KNOWN = Room(first_place=1)
OF_CODES = Room(first_place=2)
"""Tracking codes of reports without a name: whoever guesses them takes no place from a sign-in."""
_room: ContextVar[Room] = ContextVar("room", default=OF_STRANGERS)


@contextmanager
def hashing_for(*, is_known: bool) -> Iterator[None]:
    """Let what is hashed inside use the room of people who are known, which strangers cannot fill."""
    chosen = _room.set(OF_KNOWN if is_known else OF_STRANGERS)
    try:
        yield
    finally:
        _room.reset(chosen)


class CappedArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2 as Django sets it up, in a place of its own; raises HashingBusy where there is none."""

    def encode(self, password: str, salt: str) -> str:
        """Hash a new password, or a typed one for a name that is nobody's."""
        with _room.get().place():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Compare a typed password."""
        with _room.get().place():
            return super().verify(password, encoded)
