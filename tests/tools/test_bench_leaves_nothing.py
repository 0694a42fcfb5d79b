"""A bench that is killed leaves none of its processes running."""

import contextlib
import signal
import subprocess
import sys
from pathlib import Path

from tests.patience import PATIENCE
from tools.run.children import wait_until

ROOT = Path(__file__).resolve().parents[2]
SINK = """
import os, sys
from tools.prove.bench.way import mail_sink
with mail_sink(os.environ) as environment:
    print(environment["EMAIL_PORT"], flush=True)
    sys.stdin.read()
"""


def running(port: str) -> bool:
    """Say whether the mail server of that port still runs."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it may be gone by now
            if b"mail_sink\0" + port.encode() in path.read_bytes():
                return True
    return False


def test_a_bench_that_is_killed_takes_its_processes_with_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SINK], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as bench:
        assert bench.stdout is not None
        port = bench.stdout.readline().decode().strip()
        assert wait_until(lambda: running(port), seconds=PATIENCE)
        bench.send_signal(signal.SIGKILL)
        bench.wait()
    assert wait_until(lambda: not running(port), seconds=PATIENCE)
