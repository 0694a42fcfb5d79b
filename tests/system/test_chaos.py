"""`make chaos` in small: a private system is broken in three ways under load, and judged from the database alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.installation import ROOT, SETTINGS

pytestmark = pytest.mark.slow("tests/system/test_killed_while_filing.py")

FAULTS = ("points-firing", "broker-flush", "race")
LIMIT_SECONDS = 1200
FIGURES = ("asked", "rang", "merges", "reviewed", "rounds answered", "rounds missed", "rounds excused")


@pytest.fixture
def environment(ready_tables: None, tmp_path: Path) -> dict[str, str]:
    """The caller's environment without its servers, and a state of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS and "PYTEST" not in name}
    return {**kept, "STATE_DIRECTORY": str(tmp_path / "var"), "COLUMNS": "140"}


def test_small_chaos_keeps_every_promise(tmp_path: Path, environment: dict[str, str]) -> None:
    output = tmp_path / "chaos.json"
    command = [sys.executable, "-m", "tools.prove.chaos", "--small", "--output", str(output), "--fault", *FAULTS]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=LIMIT_SECONDS
    )
    log = output.with_suffix(".log")
    assert done.returncode == 0, done.stdout + done.stderr + (log.read_text() if log.exists() else "")[-5000:]
    result = json.loads(output.read_text(encoding="utf-8"))
    assert result["holds"] is True
    rows = {row["fault"]: row for row in result["faults"]}
    assert list(rows) == [*FAULTS, "at the end"]
    assert rows["points-firing"]["injected"] == 4
    assert all(sum(row[figure] for row in result["faults"]) for figure in FIGURES)
    for name in FAULTS:
        row = rows[name]
        assert row["injected"] >= 1
        assert row["tickets"] >= 3
        assert row["fired"] >= 1
        assert (row["lost"], row["doubled"], row["early"], row["broken"]) == (0, 0, 0, 0)
        assert row["recovery_seconds"] is not None
        assert name in done.stdout
