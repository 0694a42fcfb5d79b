"""The process that wakes the consumers of what nobody took in time, sends off scheduled tasks, and forgets old rows."""

import logging
import signal
import threading
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections

from backend.common.clock import database_now
from backend.common.relay import Relay
from backend.common.schedule import Schedule
from backend.common.services import heartbeat_record, idempotency_purge, outbox_purge, tries_purge

logger = logging.getLogger(__name__)

HEARTBEAT = "outbox_relay"
PAUSE_SECONDS = 0.5
PAUSE_WITHOUT_DATABASE_SECONDS = 2.0
PURGE_EVERY_SECONDS = 60.0


class Command(BaseCommand):
    """Goes round until SIGTERM or SIGINT; several may run at once, and one with a schedule is enough."""

    help = "Wake the consumers of what waits until told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file of the schedule, without which no scheduled task is sent."""
        parser.add_argument("--schedule", type=Path, help="keeps when each scheduled task was sent last")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the loop; a round under way is finished first."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_frame: stop.set())
        self.purge_at = 0.0
        self.relay = Relay()
        schedule = Schedule(file=options["schedule"]) if options["schedule"] else None
        if schedule:
            schedule.start()
        while not stop.is_set():
            stop.wait(self._round())
            if schedule and not schedule.runs:
                raise CommandError("The schedule ended by itself; this process has to be started again.")
        if schedule:
            schedule.stop()
        logger.info("Relay stopped.")

    def _round(self) -> float:
        """Relay once; return the seconds to pause."""
        try:
            close_old_connections()
            now = database_now()
            self.relay.wake_due(now=now)
            heartbeat_record(name=HEARTBEAT, now=now)
            if time.monotonic() >= self.purge_at:
                self.purge_at = time.monotonic() + PURGE_EVERY_SECONDS
                idempotency_purge(now=now)
                outbox_purge(now=now)
                tries_purge(now=now)
        except (OperationalError, InterfaceError) as error:
            logger.warning("Database away, trying again in %s s: %s", PAUSE_WITHOUT_DATABASE_SECONDS, error)
            return PAUSE_WITHOUT_DATABASE_SECONDS
        return PAUSE_SECONDS
