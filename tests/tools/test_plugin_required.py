"""Programs that a machine lacks are named at the end of a run, and are a failure when everything is required."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ALONE = {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
TESTS = """
def test_with_a_browser(needs):
    assert needs("chromium")

def test_without():
    pass
"""


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder with one test that needs a browser and one that does not."""
    (tmp_path / "test_browser.py").write_text(TESTS, encoding="utf-8")
    return tmp_path


def run(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.plugin_required",
        "-p",
        "no:cacheprovider",
    ]
    return subprocess.run(
        [*command, "-q", str(folder)],
        cwd=folder,
        env={**os.environ, **ALONE, "PATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_missing_program_is_named_at_the_end(outside: Path) -> None:
    done = run(outside, REQUIRE_ALL="0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 test(s): needs chromium (apt-get install chromium fonts-noto-cjk)" in done.stdout
    assert "1 passed, 1 skipped" in done.stdout


def test_a_missing_program_fails_when_everything_is_required(outside: Path) -> None:
    done = run(outside, REQUIRE_ALL="1")
    assert done.returncode == 1
    assert "needs chromium" in done.stdout
    assert "1 failed, 1 passed" in done.stdout


def test_a_program_that_is_there_is_handed_to_the_test(outside: Path) -> None:
    browser = outside / "chromium"
    browser.write_text("#!/bin/sh\n", encoding="utf-8")
    browser.chmod(0o755)
    done = run(outside, REQUIRE_ALL="1")
    assert done.returncode == 0, done.stdout
