"""Watching from beside the loop that deadlines fire in time: an own sign of life, and an alarm when they do not."""

import logging
import threading
from datetime import timedelta

from django.db import connection

from backend.common.clock import database_now
from backend.common.services import heartbeat_record
from backend.deadlines.selectors import engine_lag, hold_current

logger = logging.getLogger(__name__)

HEARTBEAT = "deadlines_auditor"
OBJECTIVE = timedelta(seconds=5)
PAUSE_SECONDS = 1.0


class LagAuditor:
    """Looks once a second how long the oldest due deadline waits; it has a thread and a connection of its own."""

    def __init__(self) -> None:
        self.is_late = False

    def look(self) -> timedelta:
        """Give a sign of life and return the lag; raise the alarm once when it passes 5 s without a hold."""
        now = database_now()
        heartbeat_record(name=HEARTBEAT, now=now)
        lag = engine_lag(now=now)
        is_late = lag > OBJECTIVE and hold_current() is None
        if is_late and not self.is_late:
            logger.error("ALARM: a deadline has been due for %s and has not fired.", lag)
        elif self.is_late and not is_late:
            logger.warning("No deadline is late any more.")
        self.is_late = is_late
        return lag

    def run(self, *, stop: threading.Event) -> None:
        """Look until told to stop; a database that is away is waited for."""
        while not stop.wait(PAUSE_SECONDS):
            try:
                self.look()
            except Exception:
                logger.exception("ALARM: nobody can say whether deadlines fire in time.")
                connection.close()
        connection.close()
