"""The head of the queue of to-dos; the relay asks it, and needs nothing else of this room, no models either."""

from datetime import datetime

from django.db import connection

# One look into the index for each system that is on; one that rests, or that a worker has, wakes nobody before.
OLDEST_DUE = """
SELECT min(greatest(oldest.next_attempt_at, system.rests_until, system.leased_until))
FROM todos_todosystem AS system
CROSS JOIN LATERAL (
    SELECT due.next_attempt_at FROM todos_pushedtodo AS due
    WHERE due.system_id = system.id AND due.next_attempt_at IS NOT NULL ORDER BY due.next_attempt_at LIMIT 1
) AS oldest
WHERE system.is_on
"""


def todos_due() -> datetime | None:
    """Return since when the oldest to-do that is still to be sent is due, perhaps in the future; None for none."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_DUE)
        row = cursor.fetchone()
    return row[0] if row else None
