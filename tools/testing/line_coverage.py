"""Line coverage of the backend by a test run and all processes it starts, printed at the end: COVERAGE=1 make test."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def lines_measured(*, only: str = "") -> Iterator[dict[str, str]]:
    """Give the environment in which each Python process keeps the lines it ran; print what they were together.

    `only` names the files to print, as patterns with commas between them.
    """
    with TemporaryDirectory() as folder:
        environment = {"COVERAGE_PROCESS_START": str(ROOT / "pyproject.toml"), "COVERAGE_FILE": f"{folder}/lines"}
        yield environment
        for command in (["combine", "--quiet"], ["report", *([f"--include={only}"] if only else [])]):
            subprocess.run(
                [sys.executable, "-m", "coverage", *command], cwd=ROOT, env={**os.environ, **environment}, check=False
            )
