"""The threads of the web: few in calm hours, all of them in a storm, and none that ends over what it was asked."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from queue import SimpleQueue

import pytest

from backend.config.threads import LastRestedFirst

SECONDS = 60


@pytest.fixture
def threads() -> Iterator[LastRestedFirst]:
    pool = LastRestedFirst(3)
    yield pool
    pool.shutdown()


def test_in_calm_hours_one_thread_works_and_the_others_rest(threads: LastRestedFirst) -> None:
    held = [_Held(threads) for _ in range(3)]
    assert len({call.release() for call in held}) == 3
    made_by: Counter[int] = Counter()
    for _ in range(20):
        time.sleep(0.02)  # a thread rests a moment after its call was answered
        made_by[threads.submit(threading.get_ident).result(SECONDS)] += 1
    assert made_by.most_common(1)[0][1] >= 15  # taking turns it would be seven; on a busy machine one rests late


def test_no_more_threads_than_allowed_and_what_waits_is_made_in_its_order(threads: LastRestedFirst) -> None:
    held = [_Held(threads) for _ in range(3)]
    made: SimpleQueue[int] = SimpleQueue()
    waiting = [threads.submit(made.put, number) for number in range(5)]
    assert not any(future.done() for future in waiting)
    held[0].release()
    for future in waiting:
        future.result(SECONDS)
    assert [made.get() for _ in range(5)] == [0, 1, 2, 3, 4]
    assert len({held[1].release(), held[2].release(), held[0].thread}) == 3


def test_a_call_that_fails_or_leaves_ends_no_thread() -> None:
    threads = LastRestedFirst(1)
    before = threads.submit(threading.get_ident).result(SECONDS)
    with pytest.raises(ZeroDivisionError):
        threads.submit(divmod, 1, 0).result(SECONDS)
    with pytest.raises(SystemExit):
        threads.submit(_leave).result(SECONDS)
    assert threads.submit(threading.get_ident).result(SECONDS) == before
    threads.shutdown()


def test_at_the_end_what_was_taken_is_made_and_nothing_more_is_taken() -> None:
    pool = LastRestedFirst(1)
    held = _Held(pool)
    waits, dropped = pool.submit(threading.get_ident), pool.submit(threading.get_ident)
    dropped.cancel()
    pool.shutdown(wait=False)
    with pytest.raises(RuntimeError):
        pool.submit(threading.get_ident)
    held.release()
    assert waits.result(SECONDS) == held.thread
    with pytest.raises(CancelledError):
        dropped.result(SECONDS)
    pool.shutdown()


class _Held:
    """A call that holds its thread until it is released."""

    def __init__(self, pool: LastRestedFirst) -> None:
        self._begun, self._go = threading.Event(), threading.Event()
        self._future: Future[int] = pool.submit(self._call)
        assert self._begun.wait(SECONDS)
        self.thread = 0

    def _call(self) -> int:
        self._begun.set()
        assert self._go.wait(SECONDS)
        return threading.get_ident()

    def release(self) -> int:
        """Let it end; return which thread it held."""
        self._go.set()
        self.thread = self._future.result(SECONDS)
        return self.thread


def _leave() -> None:
    raise SystemExit
