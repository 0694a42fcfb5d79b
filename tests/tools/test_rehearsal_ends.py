"""An installation that is a rehearsal ends with whoever started it, also where that was killed."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.patience import PATIENCE
from tests.system.installation import ROOT, SETTINGS
from tools.run.children import wait_until
from tools.run.installation import free_port

STARTS_AND_IS_KILLED = """
import os, pathlib, signal, subprocess, sys, time
command = [sys.executable, "-m", "tools.run.supervisor", "--rehearsal"]
started = subprocess.Popen(command, start_new_session=True, stdout=sys.stderr)
while started.poll() is None and not pathlib.Path(os.environ["STATE_DIRECTORY"], "run.json").exists():
    time.sleep(0.05)
print(started.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_rehearsal_ends_once_its_run_was_killed(ready_tables: None, tmp_path: Path) -> None:
    """Killed in the midst of a run, tests left whole installations behind."""
    state = tmp_path / "var"
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS and "PYTEST" not in name}
    environment = {**kept, "STATE_DIRECTORY": str(state), "PORT": str(free_port())}
    with (tmp_path / "log").open("wb") as log:
        command = [sys.executable, "-c", STARTS_AND_IS_KILLED]
        killed = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log)
        started = int(killed.stdout.readline())  # type: ignore[union-attr]
        killed.communicate()
    has_ended = wait_until(lambda: not is_there(started), seconds=PATIENCE, pause=0.2)
    with contextlib.suppress(ProcessLookupError):
        os.kill(started, signal.SIGTERM)
    assert has_ended, (tmp_path / "log").read_text()
    assert not (state / "run.json").exists(), "it ended as if it had been asked to"


def is_there(pid: int) -> bool:
    """Say whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
