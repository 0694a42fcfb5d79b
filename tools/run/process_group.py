"""A group of child processes: their output in one log, the dead started again, all of them stopped at the end."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.run.children import Account, kill_group, spawn
from tools.run.log import Log

STEP_SECONDS = 0.25
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 10.0
HEALTHY_AFTER = 30.0
READ_BYTES = 65536


class Stopped(Exception):
    """Somebody asked the group to stop."""


@dataclass(frozen=True)
class Recipe:
    """The way to start and stop a child; `prepare` runs before every start; one that `lasts` is started again."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    folder: Path
    account: Account | None = None
    prepare: Callable[[], None] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    lasts: bool = True


class Child:
    """A child and its pipe; `pause` is the wait before its next start, doubled while it keeps dying young."""

    def __init__(self, recipe: Recipe, log: Log, selector: selectors.BaseSelector) -> None:
        self.recipe = recipe
        self.log = log
        self.selector = selector
        self.pause = FIRST_PAUSE
        self.start_at = 0.0
        self.started = 0.0
        self.starts = 0
        self.rest = b""
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it runs now."""
        return self.process is not None and self.process.poll() is None

    @property
    def ended_well(self) -> bool:
        """Whether it has ended with code 0."""
        return self.process is not None and self.process.poll() == 0

    def start(self) -> None:
        """Start it, its output into the log."""
        if self.recipe.prepare is not None:
            self.recipe.prepare()
        reading, writing = os.pipe()
        try:
            self.process = spawn(
                self.recipe.command,
                environment=self.recipe.environment,
                folder=self.recipe.folder,
                account=self.recipe.account,
                death_signal=self.recipe.death_signal,
                output=writing,
            )
        finally:
            os.close(writing)
        self.selector.register(reading, selectors.EVENT_READ, self)
        self.started = time.monotonic()
        self.starts += 1

    def read(self, descriptor: int) -> None:
        """Move what the child wrote into the log; close the pipe at its end."""
        data = os.read(descriptor, READ_BYTES)
        if not data:
            self.selector.unregister(descriptor)
            os.close(descriptor)
        *lines, self.rest = (self.rest + data).split(b"\n")
        if not data and self.rest:
            lines, self.rest = [self.rest], b""
        for line in lines:
            self.log.line(self.recipe.name, line.decode(errors="replace").rstrip())

    def bury(self) -> str:
        """Clear up after its death, set the time of its next start; return what happened, in words."""
        process = self.process
        if process is None:
            return ""
        kill_group(process)
        self.process = None
        if time.monotonic() - self.started > HEALTHY_AFTER:
            self.pause = FIRST_PAUSE
        wait, self.pause = self.pause, min(self.pause * 2, LONGEST_PAUSE)
        self.start_at = time.monotonic() + wait
        code = process.returncode
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        return f"{self.recipe.name} {how}; starting it again in {wait:g} s"

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if self.process is not None and self.is_alive:
            self.process.send_signal(number)


class ProcessGroup:
    """Runs children in one thread; calls `changed` when a pid changed and stops when `is_interrupted` says so, too."""

    def __init__(
        self, log: Log, *, changed: Callable[["ProcessGroup"], None], is_interrupted: Callable[[], bool] = lambda: False
    ) -> None:
        self.log = log
        self.changed = changed
        self.is_interrupted = is_interrupted
        self.selector = selectors.DefaultSelector()
        self.children: dict[str, Child] = {}
        self.stop_requests = 0
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_request)

    def pids(self) -> dict[str, int]:
        """Return the pid of each child that runs."""
        return {name: child.process.pid for name, child in self.children.items() if child.process is not None}

    def start(self, recipe: Recipe) -> Child:
        """Start a child and keep it running."""
        child = Child(recipe, self.log, self.selector)
        self.children[recipe.name] = child
        child.start()
        self.changed(self)
        return child

    def run_to_the_end(self, recipes: Sequence[Recipe]) -> bool:
        """Run short-lived children side by side; return whether all ended well."""
        children = [self.start(recipe) for recipe in recipes]
        self.watch(lambda: not any(child.is_alive for child in children))
        for recipe in recipes:
            del self.children[recipe.name]
        return all(child.ended_well for child in children)

    def watch(self, until: Callable[[], bool], *, seconds: float = float("inf")) -> bool:
        """Carry on until the condition holds (True) or the time is up (False); raise Stopped when asked to stop."""
        end = time.monotonic() + seconds
        while not until():
            if self.stop_requests or self.is_interrupted():
                raise Stopped
            if time.monotonic() > end:
                return False
            self._step()
            self._mend()
        return True

    def stop(self, names: Sequence[str], *, grace: float) -> None:
        """Stop these children together: ask, wait `grace` seconds (less when asked to stop again), kill."""
        children = [self.children[name] for name in names if name in self.children]
        requests = self.stop_requests
        for child in children:
            child.signal(child.recipe.stop_signal)
        end = time.monotonic() + grace
        while any(child.is_alive for child in children) and time.monotonic() < end and self.stop_requests <= requests:
            self._step()
        for child in children:
            if child.is_alive:
                self.log.line("allclear", f"{child.recipe.name} did not stop in time; killing it")
            if child.process is not None:
                kill_group(child.process)
                child.process.wait()
        self._step()

    def _step(self) -> None:
        for key, _ in self.selector.select(STEP_SECONDS):
            key.data.read(key.fd)

    def _mend(self) -> None:
        for child in list(self.children.values()):
            if not child.recipe.lasts or child.is_alive:
                continue
            if child.process is not None:
                self.log.line("allclear", child.bury())
                self.changed(self)
            elif time.monotonic() >= child.start_at:
                child.start()
                self.changed(self)

    def _note_request(self, _number: int, _frame: object) -> None:
        self.stop_requests += 1
