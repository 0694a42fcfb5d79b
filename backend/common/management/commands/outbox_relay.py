"""The process that wakes the consumers of what nobody took in time, and forgets what is past its time."""

import logging
import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections

from backend.common.clock import database_now
from backend.common.relay import Relay
from backend.common.services import heartbeat_record, idempotency_purge, outbox_purge, tries_purge

logger = logging.getLogger(__name__)

HEARTBEAT = "outbox_relay"
PAUSE_SECONDS = 0.5
PAUSE_WITHOUT_DATABASE_SECONDS = 2.0
PURGE_EVERY_SECONDS = 60.0


class Command(BaseCommand):
    """Goes round until SIGTERM or SIGINT; several may run at once."""

    help = "Wake the consumers of what waits until told to stop."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - given by the framework
        """Run the loop; a round under way is finished first."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_frame: stop.set())
        self.purge_at = 0.0
        self.relay = Relay()
        while not stop.is_set():
            stop.wait(self._round())
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
