"""kill -9 of each process at random moments, no schedule at all, three of them, and no engine loop at all."""

import random
import time
from typing import ClassVar

from tools.prove.chaos.faults.base import Fault
from tools.prove.chaos.target import ENGINES
from tools.run.processes import PROCESSES

KILLS = 3
LONGEST_WAIT = 1.5


class Killed(Fault):
    """kill -9 of processes, one after the other, at random moments under load."""

    processes: ClassVar[tuple[str, ...]]

    def inject(self) -> None:
        """Kill each once in a small run, three times otherwise."""
        for _ in range(1 if self.is_small else KILLS):
            for name in self.processes:
                time.sleep(random.uniform(0, LONGEST_WAIT))  # noqa: S311 - no secret
                self.target.kill(name)
                self.injected += 1


class WebKilled(Killed):
    """The web's master, and with it its workers."""

    name = "kill-web"
    processes = ("web",)


class WorkerKilled(Killed):
    """The Celery worker with its pool."""

    name = "kill-worker"
    processes = ("worker",)


class RelayKilled(Killed):
    """The relay, and with it the schedule."""

    name = "kill-relay"
    processes = ("relay",)


class EngineKilled(Killed):
    """Each engine loop in turn."""

    name = "kill-engines"
    processes = ENGINES


class NoSchedule(Fault):
    """The relay stands still, and with it the schedule; the engine loops must do without them."""

    name = "no-schedule"
    hold_seconds = 8.0

    def inject(self) -> None:
        """Stop it."""
        self.target.stop("relay")
        self.injected += 1

    def heal(self) -> None:
        """Let it go on."""
        self.target.go_on()


class ThreeSchedules(Fault):
    """Two more relays, each with a schedule of its own."""

    name = "three-schedules"
    hold_seconds = 10.0

    def inject(self) -> None:
        """Start them."""
        relay = next(process for process in PROCESSES if process.name == "relay")
        self.started = []
        for number in (2, 3):
            state = self.target.state / f"relay-{number}"
            state.mkdir(exist_ok=True)
            self.started.append(self.target.start(relay.command(bind="", state=state)))
            self.injected += 1

    def heal(self) -> None:
        """Kill them."""
        for process in self.started:
            self.target.end(process)


class EnginesStopped(Fault):
    """Every engine loop stands still, perhaps in the middle of a transaction; schedule and worker are the way left."""

    name = "engines-stopped"
    hold_seconds = 12.0

    def inject(self) -> None:
        """Stop them."""
        for name in ENGINES:
            self.target.stop(name)
            self.injected += 1

    def heal(self) -> None:
        """Let them go on."""
        self.target.go_on()
