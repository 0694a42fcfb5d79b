"""A run of everything leaves out the slow proofs and what reads the source; a path or a mark brings them back."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "[pytest]\ntestpaths = tests\nmarkers =\n    slow: a slow proof\n    source: reads the source\n"
TESTS = """
import pytest

def test_quick():
    pass

@pytest.mark.slow("tests/test_both.py")
def test_slow():
    pass

@pytest.mark.source
def test_source():
    pass

@pytest.mark.slow("tests/test_both.py", after=2)
@pytest.mark.parametrize("case", range(5))
def test_matrix(case):
    pass
"""


@pytest.mark.parametrize(
    ("arguments", "passed", "left_out"),
    [
        ((), "3 passed", True),
        (("-n", "1"), "3 passed", True),
        (("tests",), "8 passed", False),
        (("-n", "1", "-m", "slow"), "4 passed", False),
    ],
)
def test_slow_proofs_are_left_out_unless_asked_for(
    tmp_path: Path, arguments: tuple[str, ...], passed: str, left_out: bool
) -> None:
    (tmp_path / "pytest.ini").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "conftest.py").write_text('pytest_plugins = ["tests.plugin_slow"]\n', encoding="utf-8")
    (tmp_path / "tests" / "test_both.py").write_text(TESTS, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "xdist.plugin", "-p", "no:cacheprovider", "-q", *arguments],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert passed in done.stdout
    assert ("slow proofs (`make proofs`)" in done.stdout) is left_out
