"""The system a demo day runs against: that of `make run`, or a private one for as long as the day lasts."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.run.children import spawn, stop, wait_until
from tools.run.installation import ROOT, SETTLED_NAMES, STATE, free_port, is_running, manage_command, read_run
from tools.run.state import StateError, remove_home

START_SECONDS = 300
STOP_SECONDS = 40
COMMAND_SECONDS = 300
NOT_INHERITED = frozenset({*SETTLED_NAMES, "MAKELEVEL", "HOST", "STATE_DIRECTORY", "PORT"})


@dataclass(frozen=True, slots=True)
class System:
    """A running system: where it answers, the environment of its commands, and what it is called in a sentence."""

    base_url: str
    environment: Mapping[str, str]
    description: str

    @property
    def mail(self) -> Path | None:
        """The folder with each person's mail, where mails are files."""
        return Path(folder) if (folder := self.environment.get("MAIL_DIRECTORY")) else None

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a management command beside the system; return its output and exit code."""
        return subprocess.run(
            manage_command(*arguments),
            cwd=ROOT,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )

    def lay_out(self, *, day_seconds: float) -> dict[str, Any]:
        """Lay out a fresh demo school; return what the command says of it, or raise StateError with its reason."""
        done = self.command("demo_day_lay_out", "--seconds", str(day_seconds))
        if done.returncode:
            raise StateError(f"The demo school could not be laid out.\n{done.stderr.strip()}")
        found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return found


@contextmanager
def system_running() -> Iterator[System]:
    """Yield the system of `make run`; where none runs, a private one that leaves nothing behind."""
    if is_running(STATE):
        yield _described(STATE, f"the running system in {STATE}")
        return
    with private_system() as (system, _state):
        yield system


@contextmanager
def private_system(arguments: Sequence[str] = ("--rehearsal",), /, **settings: str) -> Iterator[tuple[System, Path]]:
    """Yield a system of its own that leaves nothing behind, and its state; its log lies beside that as `log`.

    A rehearsal hashes passwords at the least cost; without that argument they cost what they cost people.
    """
    with tempfile.TemporaryDirectory(prefix="allclear-private-", ignore_cleanup_errors=True) as folder:
        state = Path(folder) / "var"
        state.mkdir()
        Path(folder).chmod(0o711)  # the servers' account has to pass through it
        try:
            with _started(state, Path(folder) / "log", settings, arguments):
                yield _described(state, "a private system of its own, gone afterwards"), state
        finally:
            remove_home(state)


def _described(state: Path, description: str) -> System:
    running = read_run(state)
    if not running.get("ready"):
        raise StateError("Allclear is just starting or stopping here. Try again in a moment.")
    return System(running["base_url"], running["environment"], description)


@contextmanager
def _started(state: Path, log: Path, settings: Mapping[str, str], arguments: Sequence[str]) -> Iterator[None]:
    environment = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    environment |= {**settings, "STATE_DIRECTORY": str(state), "PORT": str(free_port())}
    with log.open("wb") as output:
        process = spawn(
            [sys.executable, "-m", "tools.run.supervisor", *arguments],
            environment=environment,
            folder=ROOT,
            death_signal=signal.SIGTERM,
            output=output,
        )
        try:
            wait_until(lambda: bool(read_run(state).get("ready")) or process.poll() is not None, seconds=START_SECONDS)
            if process.poll() is not None or not read_run(state).get("ready"):
                raise StateError(f"The private system did not start:\n{log.read_text(errors='replace')[-2000:]}")
            yield
        finally:
            stop(process, grace=STOP_SECONDS)
