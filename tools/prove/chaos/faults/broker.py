"""The broker: killed, emptied, stopped, and set back to an old state so that old messages come again."""

import time
from typing import Any

from tools.prove.chaos.faults.base import Fault

KILLS = 2
GATHER_SECONDS = 3.0
LATER_SECONDS = 5.0
STOPPED_SECONDS, STOPPED_SECONDS_SMALL = 60.0, 8.0


class BrokerKilled(Fault):
    """SIGKILL; it comes back with what its file holds."""

    name = "broker-kill"

    def inject(self) -> None:
        """Kill it."""
        for _ in range(1 if self.is_small else KILLS):
            self.target.kill("broker")
            self.injected += 1
            time.sleep(2)


class BrokerFlushed(Fault):
    """FLUSHALL, while the worker is stopped for a moment so that messages are there to be lost."""

    name = "broker-flush"

    def inject(self) -> None:
        """Let messages gather, then lose them all."""
        for _ in range(1 if self.is_small else KILLS):
            self.target.stop("worker")
            time.sleep(GATHER_SECONDS)
            with self.target.broker() as broker:
                broker.flushall()
            self.target.go_on()
            self.injected += 1
            time.sleep(1)


class BrokerStopped(Fault):
    """SIGSTOP: connections stay open and nothing answers."""

    name = "broker-stop"

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.hold_seconds = STOPPED_SECONDS_SMALL if self.is_small else STOPPED_SECONDS

    def inject(self) -> None:
        """Stop it."""
        self.target.stop("broker")
        self.injected += 1

    def heal(self) -> None:
        """Let it go on."""
        self.target.go_on()


class BrokerRewound(Fault):
    """An old snapshot is put back: messages long since worked off are delivered again."""

    name = "broker-rewind"

    def inject(self) -> None:
        """Let messages gather, dump every key, let them be worked off, and put the dump back."""
        with self.target.broker() as broker:
            self.target.stop("worker")
            time.sleep(GATHER_SECONDS)
            keys: list[bytes] = list(broker.scan_iter())
            dumped = {key: content for key in keys if (content := broker.dump(key)) is not None}
            self.target.go_on()
            time.sleep(LATER_SECONDS)
            for key, content in dumped.items():
                broker.restore(key, 0, content, replace=True)
        self.injected += 1
