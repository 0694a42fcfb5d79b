"""The schedule of tasks, kept by a thread: Celery's beat, which sends off what is due by `CELERY_BEAT_SCHEDULE`."""

import threading
from pathlib import Path

from celery import current_app
from celery.beat import Service

LONGEST_PAUSE_SECONDS = 1
STOP_SECONDS = 5.0


class Schedule:
    """Sends tasks off when they are due, until it is stopped; a file keeps when each was sent last."""

    def __init__(self, *, file: Path) -> None:
        """Take the file, which nobody else uses."""
        self._service = Service(current_app, max_interval=LONGEST_PAUSE_SECONDS, schedule_filename=str(file))
        self._thread = threading.Thread(target=self._service.start, name="schedule", daemon=True)

    def start(self) -> None:
        """Begin in a thread of its own: it waits for the broker as long as that is away."""
        self._thread.start()

    @property
    def runs(self) -> bool:
        """Whether it still does its part."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Let it store what it sent and end."""
        self._service.stop()
        self._thread.join(STOP_SECONDS)
