"""Waking the tasks that take what waits in the database: best effort, in about a second at most, never raising.

A wake-up names no row. Whatever is lost, late or twice, the task looks for itself what there is to do.
"""

import logging
import threading
import time
from functools import cache
from uuid import uuid4

import kombu
from celery import current_app
from celery.exceptions import OperationalError
from kombu.pools import producers

from backend.common.circuit import Circuit
from backend.common.faults import fault_point

logger = logging.getLogger(__name__)

BROKER_CIRCUIT = Circuit(seconds=5)
SECONDS_TO_WAIT = 1.0
SECONDS_BETWEEN = 0.1


class WakeUps:
    """The wake-ups of this process: the first of a task is sent at once, those right after it together as one.

    So a storm of a hundred reports a second wakes a task ten times a second, and each time it takes what has gathered.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lock = threading.Lock()
        self._sent: dict[str, float] = {}
        self._waiting: dict[str, threading.Timer] = {}

    def send(self, task: str) -> bool:
        """Wake a task now or a moment later; False when it was tried and failed, or failed less than 5 s ago."""
        with self._lock:
            if task in self._waiting:
                return True
            wait = self._sent.get(task, float("-inf")) + self.seconds - time.monotonic()
            if wait > 0:
                return self._later(task, wait)
            self._sent[task] = time.monotonic()
        return _send(task)

    def reset(self) -> None:
        """Forget what was sent and what waits to be, so that the next wake-up goes at once and none comes late."""
        with self._lock:
            self._sent.clear()
            for timer in self._waiting.values():
                timer.cancel()
            self._waiting.clear()

    def _later(self, task: str, wait: float) -> bool:
        timer = threading.Timer(wait, self._send_waiting, [task])
        timer.daemon = True
        try:
            timer.start()
        except RuntimeError as error:  # no thread to be had, or the process is ending
            logger.warning("No thread, %s waits for the relay: %s", task, error)
            return False
        self._waiting[task] = timer
        return True

    def _send_waiting(self, task: str) -> None:
        with self._lock:
            if self._waiting.pop(task, None) is None:
                return  # forgotten meanwhile
            self._sent[task] = time.monotonic()
        _send(task)


WAKE_UPS = WakeUps(SECONDS_BETWEEN)


def wake(task: str) -> bool:
    """Have a worker run a task that looks for itself what there is to do; False where the broker did not take it."""
    return WAKE_UPS.send(task)


def _send(task: str) -> bool:
    if BROKER_CIRCUIT.is_open:
        return False
    try:
        with producers[broker_connection()].acquire(block=True, timeout=SECONDS_TO_WAIT) as producer:
            _publish(producer, task)
    except (OperationalError, OSError, kombu.exceptions.KombuError) as error:
        BROKER_CIRCUIT.trip()
        logger.warning("Broker away, %s waits for the relay: %s", task, error)
        return False
    except Exception:
        BROKER_CIRCUIT.trip()
        logger.exception("Broker refused, %s waits for the relay", task)
        return False
    fault_point("outbox.published")
    return True


def _publish(producer: kombu.Producer, task: str) -> None:
    """Send the message of a task without arguments, as Celery's protocol (version 2) describes it.

    `send_task` describes arguments, times and origin too, which a wake-up has none of: half of its CPU.
    """
    queue = _queue_of(task)
    number = str(uuid4())
    producer.publish(
        [[], {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}],
        serializer="json",
        routing_key=queue.name,
        declare=[queue],
        headers={"lang": "py", "task": task, "id": number, "root_id": number, "parent_id": None, "group": None},
        correlation_id=number,
        retry=False,
    )


@cache
def _queue_of(task: str) -> kombu.Queue:
    queue: kombu.Queue = current_app.amqp.router.route({}, task)["queue"]
    return queue


@cache
def broker_connection() -> kombu.Connection:
    """Describe the broker with timeouts of its own: a worker may wait for work, a request may not; clone it to talk."""
    options = {
        "socket_connect_timeout": SECONDS_TO_WAIT,
        "socket_timeout": SECONDS_TO_WAIT,
        "max_retries": 0,
        "interval_start": 0,
        "connect_retries_timeout": SECONDS_TO_WAIT,
    }
    return current_app.connection_for_write(transport_options=options)
