"""Subjects, timers and second connections for the tests of the deadline engine."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker, Settings

from backend.deadlines.models import Timer
from backend.deadlines.services import TimerDraft, timers_arm
from tests.deadlines import probe
from tests.roles import as_owner

T = TypeVar("T")
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="session")
def probe_tables(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Create the probe's tables beside the real ones; they go with the tests' database."""
    with django_db_blocker.unblock():
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(probe.CREATE)
        connection.close()


@pytest.fixture(autouse=True)
def probe_kind(settings: Settings) -> Iterator[None]:
    """Make "probe" the one kind of subject."""
    settings.DEADLINE_SUBJECTS = {"probe": "tests.deadlines.probe.ProbeSubjects"}
    yield
    probe.ProbeSubjects.during_fire = None


@pytest.fixture
def engine_db(probe_tables: None, transactional_db: None) -> Iterator[None]:
    """Give real commits, and leave no probe rows behind."""
    yield
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE probe.fired, probe.subject")


def subjects(count: int, *, trouble: str = "") -> list[UUID]:
    """Store that many subjects."""
    ids = [uuid4() for _ in range(count)]
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO probe.subject (id, trouble) SELECT unnest(%s::uuid[]), %s", [ids, trouble])
    return ids


def draft(subject_id: UUID, *due: datetime, clock: str = "acknowledge", **more: Any) -> TimerDraft:
    """Return a timer to arm for a subject, with these rungs and no repeat unless given."""
    more.setdefault("repeat_every", None)
    return TimerDraft(subject_kind="probe", subject_id=subject_id, clock=clock, ladder=due, **more)


def arm(subject_id: UUID, *due: datetime, clock: str = "acknowledge", **more: Any) -> Timer:
    """Arm one timer an hour before NOW."""
    [timer_id] = timers_arm(drafts=[draft(subject_id, *due, clock=clock, **more)], now=NOW - 60 * MINUTE)
    return Timer.objects.get(pk=timer_id)


def arm_many(subject_ids: list[UUID], due_at: datetime) -> None:
    """Arm one timer each."""
    timers_arm(drafts=[draft(subject_id, due_at) for subject_id in subject_ids], now=NOW - 60 * MINUTE)


def carried_out(subject_id: UUID | None = None) -> list[tuple[Any, ...]]:
    """Return what the probe was told to do: (clock, epoch, rung, due_at, is_repeat), in the order it was told."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clock, epoch, rung, due_at, is_repeat FROM probe.fired"
            " WHERE %(subject)s::uuid IS NULL OR subject_id = %(subject)s ORDER BY id",
            {"subject": subject_id},
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def other_connection(act: Callable[[], T]) -> T:
    """Run a function in a thread of its own, so on a connection of its own; hand back what it returns or raises."""
    return at_once(act)[0]


def at_once(*acts: Callable[[], T]) -> list[T]:
    """Run functions in threads that start at the same instant, each on its own connection."""
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, act) for act in acts]]


class LockedSubjects:
    """Holds the locks of subjects on a connection of its own, as a user's action would, until the block ends."""

    def __init__(self, subject_ids: list[UUID]) -> None:
        self._ids = subject_ids
        self._held, self._leave = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._hold)

    def _hold(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute("SELECT id FROM probe.subject WHERE id = ANY(%s) FOR NO KEY UPDATE", [self._ids])
                self._held.set()
                self._leave.wait(30)
                cursor.execute("ROLLBACK")
        finally:
            connection.close()

    def __enter__(self) -> None:
        self._thread.start()
        assert self._held.wait(10)

    def __exit__(self, *_: object) -> None:
        self._leave.set()
        self._thread.join(10)
