"""Children under one roof: prefixed output, a new start for the dead, nothing left at the end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patience import PATIENCE, within
from tools.run.children import wait_until
from tools.run.log import Log
from tools.run.process_group import ProcessGroup, Recipe, Stopped

WITH_A_CHILD_OF_ITS_OWN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
inner = subprocess.Popen([sys.executable, "-c", deaf])
print("inner", inner.pid, flush=True)
time.sleep(600)
"""


class Written:
    """A log that writes into a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
        self.log = Log(self.descriptor)

    @property
    def lines(self) -> list[str]:
        return self.path.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Written]:
    content = Written(tmp_path / "log")
    yield content
    os.close(content.descriptor)


@pytest.fixture
def group(written: Written) -> Iterator[ProcessGroup]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    kept = ProcessGroup(written.log, changed=lambda _: None)
    yield kept
    kept.stop(list(kept.children), grace=0)
    for number, handler in before.items():
        signal.signal(number, handler)


def recipe(code: str, *, name: str = "child", lasts: bool = True) -> Recipe:
    return Recipe(name, [sys.executable, "-c", code], dict(os.environ), Path("/"), lasts=lasts)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_every_line_carries_the_name_of_its_writer(group: ProcessGroup, written: Written) -> None:
    code = "import sys; print('one'); print('二', file=sys.stderr); print('no newline', end='')"
    assert group.run_to_the_end([recipe(code, lasts=False), recipe(code, name="other", lasts=False)])
    group.watch(lambda: len(written.lines) == 6, seconds=PATIENCE)
    for name in ("child", "other"):
        lines = [line for line in written.lines if line.startswith(f"{name:<9} | ")]
        assert sorted(line.split(" | ")[1] for line in lines) == ["no newline", "one", "二"]


def test_a_child_that_fails_its_one_run_is_told(group: ProcessGroup) -> None:
    assert not group.run_to_the_end([recipe("raise SystemExit(3)", lasts=False)])


def test_a_killed_child_starts_again(group: ProcessGroup, written: Written) -> None:
    group.start(recipe("import time; time.sleep(600)"))
    first = group.pids()["child"]
    os.kill(first, signal.SIGKILL)
    assert group.watch(lambda: group.pids().get("child", first) != first, seconds=PATIENCE)
    assert any("child was killed by SIGKILL; starting it again in 0.25 s" in line for line in written.lines)


def test_a_child_that_keeps_dying_waits_longer_each_time(group: ProcessGroup, written: Written) -> None:
    child = group.start(recipe("pass"))
    assert group.watch(lambda: child.starts == 4, seconds=PATIENCE)
    waits = [line.rsplit(" ", 2)[1] for line in written.lines if "starting it again" in line]
    assert waits[:3] == ["0.25", "0.5", "1"]


def test_stopping_leaves_nothing_even_of_a_child_that_will_not_go(group: ProcessGroup, written: Written) -> None:
    group.start(recipe(WITH_A_CHILD_OF_ITS_OWN))
    assert group.watch(lambda: any("inner" in line for line in written.lines), seconds=PATIENCE)
    inner = int(next(line for line in written.lines if "inner" in line).rsplit(" ", 1)[1])
    outer = group.pids()["child"]
    group.stop(["child"], grace=0.5)
    assert wait_until(lambda: not is_alive(inner) and not is_alive(outer), seconds=PATIENCE)
    assert any("child did not stop in time" in line for line in written.lines)


def test_a_request_to_stop_ends_the_watch(group: ProcessGroup) -> None:
    group.start(recipe("import time; time.sleep(600)"))
    os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(Stopped):
        group.watch(lambda: False, seconds=PATIENCE)


def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    code = f"""
import os, pathlib, sys
from tools.run.children import spawn
child = spawn([sys.executable, "-c", "import time; time.sleep(600)"], environment=os.environ, folder=pathlib.Path("/"))
print(child.pid, flush=True)
os.kill(os.getpid(), {int(signal.SIGKILL)})
"""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert wait_until(lambda: not is_alive(int(done.stdout)), seconds=PATIENCE)


def test_a_reader_that_stopped_reading_never_stops_the_writer() -> None:
    reading, writing = os.pipe()
    log = Log(writing)
    began = time.monotonic()
    for number in range(5000):
        log.line("child", f"line {number} {'x' * 100}")
    assert within(time.monotonic() - began, 5)
    assert log.lost > 0
    os.read(reading, 1 << 20)
    log.line("child", "heard again")
    assert b"lines lost: nobody was reading this log" in os.read(reading, 1 << 20)
    os.close(reading)
    log.line("child", "nobody there")
    os.close(writing)
