"""Child processes that stand in their own group and never outlive the process that started them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The user and group a child runs as."""

    user: int
    group: int


def end_with_parent(number: signal.Signals) -> None:
    """Have the kernel signal this very process when its parent is gone."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, int(number))


def die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """Return what a child calls before exec: the kernel will signal it when this process is gone, however it went."""
    parent = os.getpid()

    def ask_kernel() -> None:
        end_with_parent(death_signal)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


def is_parent_interrupted() -> bool:
    """Return whether our parent, GNU make, is handling a SIGINT: it then blocks the signal and only waits for us."""
    try:
        status = Path(f"/proc/{os.getppid()}/status").read_text(encoding="utf-8")
    except OSError:
        return False
    blocked = next((line.split()[1] for line in status.splitlines() if line.startswith("SigBlk:")), "0")
    return bool(int(blocked, 16) >> (signal.SIGINT - 1) & 1)


def spawn(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    folder: Path,
    account: Account | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
    output: IO[bytes] | int | None = None,
) -> subprocess.Popen[bytes]:
    """Start the command as the leader of its own group; `output` takes both its streams."""
    return subprocess.Popen(
        [str(part) for part in command],
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
        preexec_fn=die_with_parent(death_signal),  # noqa: PLW1509 - no threads here; it must follow the change of user
        user=account.user if account else None,
        group=account.group if account else None,
        extra_groups=[] if account else None,
    )


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill whatever is left of the child's group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def stop(process: subprocess.Popen[bytes], *, stop_signal: signal.Signals = signal.SIGTERM, grace: float = 10) -> int:
    """Ask the child to end, wait `grace` seconds, kill its group; return its exit code."""
    if process.poll() is None:
        process.send_signal(stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    kill_group(process)
    return process.wait()


def stop_all(processes: Collection[subprocess.Popen[bytes]]) -> None:
    """Ask all of them to end at once, then see each of them end."""
    for process in processes:
        process.terminate()
    for process in processes:
        stop(process)


def wait_until(condition: Callable[[], bool], *, seconds: float, pause: float = 0.05) -> bool:
    """Return whether the condition came true within so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(pause)
    return condition()
