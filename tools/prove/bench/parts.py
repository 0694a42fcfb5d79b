"""The processes of a bench run: each talks in JSON lines, and the CPU time of a family of processes is readable."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tools.run.installation import ROOT

TICKS = os.sysconf("SC_CLK_TCK")
TICKS_USED = slice(11, 15)  # of /proc/<pid>/stat behind the name: user, system, and both of the children that ended


class Talking:
    """A process that answers each line it is sent with one line."""

    def __init__(self, module: str, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    def ask(self, **order: Any) -> Any:
        """Send an order and return the answer; raise RuntimeError when the process ended."""
        assert self._process.stdin is not None  # noqa: S101 - both are pipes
        assert self._process.stdout is not None  # noqa: S101
        print(json.dumps(order), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the bench's process ended while asked {order}")
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()


def answer_orders(hands: object) -> None:
    """Answer each order `{"do": name, …}` that comes in with one line: what the hands' method of that name returns."""
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(getattr(hands, order.pop("do"))(**order)), flush=True)


def cpu_seconds(roots: Sequence[int]) -> float:
    """Return the CPU seconds that these processes and their descendants have used, also those that have ended."""
    parents, used = _processes()
    return sum(seconds for pid, seconds in used.items() if _descends(pid, roots, parents))


def family(roots: Sequence[int]) -> list[int]:
    """Return these processes and their living descendants."""
    parents, used = _processes()
    return [pid for pid in used if _descends(pid, roots, parents)]


def _processes() -> tuple[dict[int, int], dict[int, float]]:
    """Return the parent and the CPU seconds of every process."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry.name)] = int(fields[1])
        used[int(entry.name)] = sum(map(int, fields[TICKS_USED])) / TICKS
    return parents, used


def _descends(pid: int, roots: Sequence[int], parents: Mapping[int, int]) -> bool:
    while pid in parents:
        if pid in roots:
            return True
        pid = parents[pid]
    return False
