"""The one table of Allclear's processes; supervisor, docker-compose.yml and the papers are compared with it."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

QUEUES = ("work", "notices", "delivery", "deadlines")


@dataclass(frozen=True)
class Process:
    """One process: `arguments` go to Python (`{bind}` is the web's address, `{state}` a folder that lasts).

    `needs` names what must answer before it can do its own part; without it the process waits, it does not end.
    """

    name: str
    arguments: tuple[str, ...]
    needs: tuple[str, ...]

    def command(self, *, bind: str, state: Path) -> Sequence[str]:
        """Return the command line for this machine."""
        return [sys.executable, *(part.format(bind=bind, state=state) for part in self.arguments)]


def engine(number: int) -> Process:
    """Return a loop of the deadline engine; any number of them share the work, also on several hosts."""
    name = f"engine-{number}"
    arguments = ("manage.py", "deadlines_engine", "--settings", "backend.config.engine_settings", "--skip-checks")
    return Process(name, (*arguments, "--name", name), ("database",))


PROCESSES = (
    Process(
        "web",
        (
            *("-m", "gunicorn", "backend.config.wsgi:application", "--bind", "{bind}", "--preload"),
            *("--worker-class", "backend.config.web_worker.WaitingWorker", "--workers", "2", "--threads", "16"),
            *("--worker-connections", "800", "--keep-alive", "75", "--timeout", "30", "--graceful-timeout", "8"),
            *("--no-control-socket", "--log-level", "warning"),
        ),
        ("database",),
    ),
    Process(
        "worker",
        ("manage.py", "worker", "--skip-checks", "--queues", ",".join(QUEUES), "--concurrency", "2"),
        ("database", "broker"),
    ),
    Process(
        "relay",
        (
            *("manage.py", "outbox_relay", "--settings", "backend.config.relay_settings", "--skip-checks"),
            *("--schedule", "{state}/schedule"),
        ),
        ("database", "broker"),
    ),
    engine(1),
    engine(2),
)
