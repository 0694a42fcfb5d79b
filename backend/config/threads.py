"""Threads for whole requests, of which the one that rested last works next.

A thread keeps its connection to the database, and the database keeps for it what it planned. Taking turns, thirty-two
threads plan everything thirty-two times, and in calm hours hardly any of them asks for the same thing twice.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Job = tuple[Future[Any], Callable[[], Any]]


class LastRestedFirst(Executor):
    """At most so many threads; one is started only where none rests, and calls that find none wait in their order."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._lock = threading.RLock()  # a signal may end the threads in the midst of a submit
        self._threads: list[threading.Thread] = []
        self._resting: list[SimpleQueue[Job | None]] = []
        self._waiting: deque[Job] = deque()
        self._is_over = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a thread make the call."""
        future: Future[T] = Future()
        job = (future, partial(fn, *args, **kwargs))
        with self._lock:
            if self._is_over:
                raise RuntimeError("the threads are told to end")
            if self._resting:
                self._resting.pop().put(job)
            elif len(self._threads) < self.most:
                self._threads.append(threading.Thread(target=self._work, args=[job]))
                self._threads[-1].start()
            else:
                self._waiting.append(job)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no further call; calls that wait are still made, unless they shall not be."""
        with self._lock:
            self._is_over = True
            while self._resting:
                self._resting.pop().put(None)
            while cancel_futures and self._waiting:
                self._waiting.pop()[0].cancel()
        for thread in self._threads if wait else ():
            thread.join()

    def _work(self, first: Job) -> None:
        inbox: SimpleQueue[Job | None] = SimpleQueue()
        job: Job | None = first
        while job is not None:
            _make(*job)
            job = self._next(inbox)

    def _next(self, inbox: "SimpleQueue[Job | None]") -> Job | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            if self._is_over:
                return None
            self._resting.append(inbox)
        return inbox.get()


def _make(future: Future[Any], call: Callable[[], Any]) -> None:
    """Make a call and note what it returned or raised, whatever it was: a thread outlives its calls."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        answer = call()
    except BaseException as error:  # noqa: BLE001 - whoever asked for the call is told
        future.set_exception(error)
    else:
        future.set_result(answer)
