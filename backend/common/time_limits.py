"""Time limits of tasks that run in threads: nothing ends a thread, so the process ends and is started again.

What its other tasks had begun is rolled back and taken again, as after any other end of a worker.
"""

import logging
import os
import threading
import time
from typing import Any

from celery import Task, signals

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 1.0
OVERDUE = 70
"""The exit code of a worker that a task ended by running too long."""


class TimeLimits:
    """The tasks that run in this process, each with the instant by which it has to be over."""

    def __init__(self, *, seconds: float) -> None:
        """Take the limit of tasks that have none of their own."""
        self._seconds = seconds
        self._running: dict[str, tuple[float, str]] = {}

    def watch(self) -> None:
        """Note from now on which tasks run, and look after them in a thread of its own."""
        signals.task_prerun.connect(self._began, weak=False)
        signals.task_postrun.connect(self._is_over, weak=False)
        threading.Thread(target=self._look, name="time limits", daemon=True).start()

    def _began(self, *, task_id: str, task: Task[..., Any], **_facts: Any) -> None:
        self._running[task_id] = (time.monotonic() + (task.time_limit or self._seconds), task.name)

    def _is_over(self, *, task_id: str, **_facts: Any) -> None:
        self._running.pop(task_id, None)

    def _look(self) -> None:
        while True:
            time.sleep(LOOK_EVERY_SECONDS)
            for ends, name in list(self._running.values()):
                if time.monotonic() > ends:
                    logger.critical("ALARM: %s ran longer than it may: the worker ends, to be started again", name)
                    os._exit(OVERDUE)
