"""Thirty-two wrong passwords at once, at a real web server with the real hash: memory and answers stay bounded."""

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import ROOT, process_environment
from tests.system.people import send
from tests.world import World
from tools.run.children import kill_group, spawn, wait_until
from tools.run.installation import free_port
from tools.run.processes import PROCESSES

AT_ONCE = 32
ROUNDS = 3
STRANGERS_AT_ONCE = 2
WAITING_AT_ONCE = 8
HASH_MEBIBYTES = 100
SLACK_MEBIBYTES = 120
LONGEST_PAUSE = 2.0
"""Of an answer to somebody else, in seconds; it was 4.7."""


@pytest.fixture
def web(committed_world: World, tmp_path: Path) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The web as installations run it, on the test's database."""
    address = f"127.0.0.1:{free_port()}"
    command = next(process for process in PROCESSES if process.name == "web").command(bind=address, state=tmp_path)
    with (tmp_path / "log").open("wb") as log:
        process = spawn([sys.executable, *command[1:]], environment=process_environment(), folder=ROOT, output=log)
        try:
            answers = wait_until(lambda: healthy(f"http://{address}"), seconds=60)
            assert answers, (tmp_path / "log").read_text()
            yield f"http://{address}", process
        finally:
            kill_group(process)
            process.wait(20)


def healthy(base: str) -> bool:
    answer = send(f"{base}/healthz")
    return answer is not None and answer.status == 200


def memory(group: int) -> int:
    """Return the memory of a process group in MiB, shared pages counted once."""
    total = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if int((entry / "stat").read_text().rpartition(")")[2].split()[2]) == group:
                lines = (entry / "smaps_rollup").read_text().splitlines()
                total += int(next(line for line in lines if line.startswith("Pss:")).split()[1])
        except (OSError, StopIteration):
            continue
    return total // 1024


def test_thirty_two_wrong_passwords_at_once(web: tuple[str, "subprocess.Popen[bytes]"]) -> None:
    base, process = web
    guess(base, "warm", threading.Barrier(1))
    before, most, pauses = memory(process.pid), 0, []
    answers: Counter[int] = Counter()
    for number in range(ROUNDS):
        start = threading.Barrier(AT_ONCE)
        with ThreadPoolExecutor(AT_ONCE) as crowd:
            guesses = [crowd.submit(guess, base, f"n{number}-{index}", start) for index in range(AT_ONCE)]
            while not all(one.done() for one in guesses):
                asked = time.monotonic()
                assert healthy(base)
                pauses.append(time.monotonic() - asked)
                most = max(most, memory(process.pid))
        answers.update(one.result() for one in guesses)
    print(f"memory {before} → {most} MiB, /healthz at most {max(pauses):.2f} s ({len(pauses)} asked), {dict(answers)}")
    assert set(answers) == {401, 429}
    assert answers[401] >= ROUNDS
    assert answers[429] >= ROUNDS * (AT_ONCE - 2 * (STRANGERS_AT_ONCE + WAITING_AT_ONCE))
    assert max(pauses) < LONGEST_PAUSE
    assert most - before < STRANGERS_AT_ONCE * HASH_MEBIBYTES + SLACK_MEBIBYTES


def guess(base: str, username: str, start: threading.Barrier) -> int:
    start.wait(30)
    answer = send(f"{base}/api/v1/tokens", body={"username": username, "password": "wrong"})
    assert answer is not None, "no answer within ten seconds"
    return answer.status
