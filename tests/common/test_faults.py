"""A labelled point kills the process that reaches it while its file is there, once, and only where DEMO is set."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.system.installation import ROOT

REACH = """
import django
django.setup()
from backend.common.faults import fault_point
fault_point("somewhere.else")
fault_point("here")
print("alive")
"""


def reach(points: Path | str, *, demo: str = "1") -> "subprocess.CompletedProcess[str]":
    """Run a process that comes by both points."""
    environment = os.environ | {
        "FAULT_POINTS": str(points),
        "DEMO": demo,
        "DJANGO_SETTINGS_MODULE": "backend.config.settings",
    }
    command = [sys.executable, "-c", REACH]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=300)


def test_whoever_reaches_an_armed_point_first_dies_there(tmp_path: Path) -> None:
    (tmp_path / "here").touch()
    assert reach(tmp_path).returncode == -signal.SIGKILL
    assert not (tmp_path / "here").exists()
    again = reach(tmp_path)
    assert (again.returncode, again.stdout) == (0, "alive\n")


def test_without_a_folder_nothing_happens() -> None:
    assert reach("", demo="0").stdout == "alive\n"


def test_where_demo_is_not_set_the_start_is_refused(tmp_path: Path) -> None:
    refused = reach(tmp_path, demo="0")
    assert refused.returncode == 1
    assert "FAULT_POINTS" in refused.stderr
