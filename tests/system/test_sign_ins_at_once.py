"""Thirty-two wrong passwords at once, with the real hash, at the web itself and through the shipped proxy.

Memory and answers stay bounded, and others are served.
"""

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import pytest

from tests.conftest import ROOT, process_environment
from tests.patience import within
from tests.system.people import p95, send
from tests.world import World
from tools.prove.memory import memory_mib
from tools.prove.proxy import proxied
from tools.run.children import kill_group, spawn, wait_until
from tools.run.installation import free_port
from tools.run.processes import PROCESSES

pytestmark = pytest.mark.slow("tests/accounts/test_hashing_cap.py")

AT_ONCE = 32
ROUNDS = 3
STRANGERS_AT_ONCE = 2
WAITING_AT_ONCE = 8
HASH_MEBIBYTES = 100
SLACK_MEBIBYTES = 120
LONGEST_PAUSE = 2.0
"""Of an answer to somebody else, in seconds, in the middle one of the rounds; it was 4.7 in each."""
LONGEST = 3.0
"""The slowest of twenty answers to somebody who is signed in, while two passwords are hashed; likewise."""


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


@pytest.fixture(params=["web", "proxy"])
def base(request: pytest.FixtureRequest, web: tuple[str, "subprocess.Popen[bytes]"]) -> Iterator[str]:
    """The address of the web itself, then that of the shipped proxy in front of it."""
    if request.param == "web":
        yield web[0]
        return
    with proxied(int(web[0].rpartition(":")[2])) as proxy:
        yield proxy.base_url


def healthy(base: str) -> bool:
    answer = send(f"{base}/healthz")
    return answer is not None and answer.status == 200


def test_thirty_two_wrong_passwords_at_once(
    committed_world: World, web: tuple[str, "subprocess.Popen[bytes]"], base: str
) -> None:
    process = web[1]
    headers = {"Authorization": f"Token {committed_world.alice.client.token}"}
    quiet = p95(lambda: reads(base, headers))
    guess(base, "warm", threading.Barrier(1))
    before, most, pauses, beside = round(memory_mib(process.pid)), 0, [], []
    answers: Counter[int] = Counter()
    for number in range(ROUNDS):
        start = threading.Barrier(AT_ONCE)
        pauses.append(0.0)
        with ThreadPoolExecutor(AT_ONCE + 1) as crowd:
            guesses = [crowd.submit(guess, base, f"n{number}-{index}", start) for index in range(AT_ONCE)]
            others = crowd.submit(p95, lambda: reads(base, headers))
            while not all(one.done() for one in guesses):
                asked = time.monotonic()
                assert healthy(base)
                pauses[-1] = max(pauses[-1], time.monotonic() - asked)
                most = max(most, round(memory_mib(process.pid)))
        answers.update(one.result() for one in guesses)
        beside.append(others.result())
    print(f"\n{base}: memory {before} → {most} MiB, /healthz at most {max(pauses):.2f} s")
    print(f"p95 {quiet * 1000:.0f} ms before, {max(beside) * 1000:.0f} ms beside them, {dict(answers)}")
    assert set(answers) == {401, 429}
    assert answers[401] >= ROUNDS
    assert answers[429] >= ROUNDS * (AT_ONCE - 2 * (STRANGERS_AT_ONCE + WAITING_AT_ONCE))
    assert within(median(pauses), LONGEST_PAUSE)
    assert within(median(beside), LONGEST)
    assert most - before < STRANGERS_AT_ONCE * HASH_MEBIBYTES + SLACK_MEBIBYTES


def reads(base: str, headers: dict[str, str]) -> int:
    """Read one's own reports; return the status."""
    answer = send(f"{base}/api/v1/reports", headers=headers)
    assert answer is not None, "no answer"
    return answer.status


def guess(base: str, username: str, start: threading.Barrier) -> int:
    start.wait(30)
    answer = send(f"{base}/api/v1/tokens", body={"username": username, "password": "wrong"})
    assert answer is not None, "no answer"
    return answer.status
