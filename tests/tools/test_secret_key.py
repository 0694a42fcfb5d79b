"""A secret key that can be guessed: no process starts with it, but on a developer's own machine."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT


def start(**settings: str) -> "subprocess.CompletedProcess[str]":
    """Load the settings, with which every process begins."""
    kept = {name: value for name, value in os.environ.items() if name != "DEVELOPMENT"}
    command = [sys.executable, "-c", "import backend.config.settings"]
    return subprocess.run(command, cwd=ROOT, env={**kept, **settings}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("key", "development", "starts"),
    [("x" * 31, "0", False), ("dev", "0", False), ("q7" * 16, "0", True), ("dev", "1", True), ("", "1", False)],
)
def test_a_short_secret_key_refuses_to_start(key: str, development: str, starts: bool) -> None:
    done = start(SECRET_KEY=key, DEVELOPMENT=development)
    assert (done.returncode == 0) is starts, done.stderr
    assert starts or "SECRET_KEY" in done.stderr
