"""Waking again the consumers of what nobody has taken in time, so that a lost broker costs seconds and no message."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from backend.common.faults import fault_point
from backend.common.publishing import BROKER_CIRCUIT, wake

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)
# One look into the index for each topic, however much is open.
OLDEST_DUE = """
SELECT wanted.topic, oldest.next_attempt_at FROM unnest(%s::text[]) AS wanted(topic)
CROSS JOIN LATERAL (
    SELECT message.next_attempt_at FROM common_outboxmessage AS message
    WHERE message.topic = wanted.topic AND message.done_at IS NULL AND message.failed_at IS NULL
    ORDER BY message.next_attempt_at LIMIT 1
) AS oldest
WHERE oldest.next_attempt_at <= %s
"""


@dataclass(frozen=True, slots=True)
class Woken:
    """The last wake-up of a task, the oldest that waited then, and the pause before the next if that still waits."""

    at: datetime
    oldest: datetime
    pause: timedelta


class Relay:
    """One process's watch over the queues of the database; it remembers whom it woke, and takes nothing itself.

    While the oldest that waits is the same the pause grows from 5 s to 5 minutes: what is on its way is not multiplied.
    """

    def __init__(self) -> None:
        self._woken: dict[str, Woken] = {}

    def wake_due(self, *, now: datetime) -> int:
        """Wake every task that has something due; return how many were woken. With the broker away nothing happens."""
        if BROKER_CIRCUIT.is_open:
            return 0
        due = queues_due(now=now)
        if due:
            fault_point("relay.leased")
        self._woken = {task: woken for task, woken in self._woken.items() if task in due}
        return sum(self._wake(task, oldest, now) for task, oldest in due.items())

    def _wake(self, task: str, oldest: datetime, now: datetime) -> bool:
        before = self._woken.get(task)
        pause = FIRST_PAUSE
        if before is not None and before.oldest == oldest:
            if now < before.at + before.pause:
                return False
            pause = min(before.pause * 2, LONGEST_PAUSE)
        if not wake(task):
            return False
        self._woken[task] = Woken(now, oldest, pause)
        return True


def queues_due(*, now: datetime) -> dict[str, datetime]:
    """Return each task that has something due, in the outbox or in a queue of its own, and since when the oldest is."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_DUE, [list(settings.OUTBOX_TASKS), now])
        rows = [(settings.OUTBOX_TASKS[topic], oldest) for topic, oldest in cursor.fetchall()]
    rows += [(task, import_string(path)()) for task, path in settings.QUEUES_BESIDE_THE_OUTBOX.items()]
    due: dict[str, datetime] = {}
    for task, oldest in rows:
        if oldest is not None and oldest <= now:
            due[task] = min(due.get(task, oldest), oldest)
    return due
