"""A whole installation as `make run` starts it, for tests that use or break it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.run.children import wait_until
from tools.run.installation import free_port
from tools.run.processes import PROCESSES
from tools.run.state import open_home, remove_home

ROOT = Path(__file__).resolve().parents[2]
SERVERS = ("broker", "database")
NAMES = (*SERVERS, *(process.name for process in PROCESSES))
READY_SECONDS = 900
SETTINGS = (
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "SECRET_KEY",
    "MAIL_DIRECTORY",
    "STATIC_ROOT",
    "NOTARY_FOLDER",
    "MAKELEVEL",
)


@dataclass
class System:
    """An installation in `state` and its supervisor, if one was started."""

    state: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None
    earlier: int = 0

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in SETTINGS and "PYTEST" not in name}
        return {**kept, "STATE_DIRECTORY": str(self.state), "PORT": str(self.port)}

    @property
    def log(self) -> str:
        return (self.state.parent / "log").read_text(encoding="utf-8", errors="replace")

    @property
    def description(self) -> dict[str, Any]:
        with contextlib.suppress(FileNotFoundError):
            content: dict[str, Any] = json.loads((self.state / "run.json").read_text(encoding="utf-8"))
            return content
        return {}

    def start(self, *command: str) -> float:
        """Start it; return the seconds until it was ready."""
        began = time.monotonic()
        self.earlier = self.description.get("supervisor", 0)
        with (self.state.parent / "log").open("wb") as log:
            command = command or (sys.executable, "-m", "tools.run.supervisor")
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        assert wait_until(lambda: self.is_ready() or self.exit_code() is not None, seconds=READY_SECONDS), self.log
        assert self.is_ready(), self.log
        return time.monotonic() - began

    def is_ready(self) -> bool:
        running = self.description
        return bool(running.get("ready")) and running["supervisor"] != self.earlier

    def exit_code(self) -> int | None:
        return None if self.process is None else self.process.poll()

    def tool(self, name: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", f"tools.run.{name}", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=300
        )

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as answer:
            return int(answer.code)
        except OSError:
            return 0

    def processes(self) -> list[str]:
        """Return the command lines of all processes of this installation, found by its folder."""
        marks = {os.fsencode(self.state), os.fsencode(open_home(self.state).folder)}
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and int(entry.name) != os.getpid():
                    command = (entry / "cmdline").read_bytes()
                    traces = command + (entry / "environ").read_bytes() + os.fsencode((entry / "cwd").readlink())
                    if any(mark in traces for mark in marks):
                        found.append(command.replace(b"\0", b" ").decode(errors="replace"))
        return found

    def stop(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)


@contextlib.contextmanager
def started(state: Path, *arguments: str) -> Iterator[System]:
    """Start an installation from nothing in a folder; stop it and remove its servers' home afterwards."""
    made = System(state=state, port=free_port())
    try:
        made.start(sys.executable, "-m", "tools.run.supervisor", *arguments)
        yield made
    finally:
        if made.process is not None and made.exit_code() is None:
            made.stop(signal.SIGTERM)
        remove_home(made.state)
