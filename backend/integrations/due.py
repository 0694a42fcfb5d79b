"""The head of the queue of messages to webhooks; the relay asks it, and needs nothing else of this room."""

from datetime import datetime

from django.db import connection

OLDEST_DUE = """
SELECT next_attempt_at FROM integrations_webhookdelivery WHERE next_attempt_at IS NOT NULL
ORDER BY next_attempt_at LIMIT 1
"""


def webhooks_due() -> datetime | None:
    """Return since when the oldest message that is still to be sent is due, perhaps in the future; None for none."""
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_DUE)
        row = cursor.fetchone()
    return row[0] if row else None
