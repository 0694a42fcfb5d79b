"""`make demo` in small: a day of a few seconds against a running system, with its table, its JSON and its exit code."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.installation import ROOT, System, free_port
from tools.state import remove_home

REPORTS = 24


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """One installation, started from nothing."""
    monkeypatch.setenv("COLUMNS", "120")
    made = System(state=tmp_path / "var", port=free_port())
    try:
        made.start()
        yield made
    finally:
        if made.exit_code() is None:
            made.stop(signal.SIGTERM)
        remove_home(made.state)


def test_a_small_day_keeps_every_promise(installation: System) -> None:
    command = [sys.executable, "-m", "tools.demo", "--reports", str(REPORTS), "--seconds", "10"]
    done = subprocess.run(
        command, cwd=ROOT, env=installation.environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "It uses the running system in" in done.stdout
    result = json.loads((installation.state / "demo.json").read_text(encoding="utf-8"))
    assert result["school"] == "demo-day-1"
    assert result["holds"] is True
    figures = result["figures"]
    assert figures["filed"] == figures["stored"] == figures["routed"] == figures["closed"] == REPORTS
    assert figures["categories"] == REPORTS
    assert figures["requests_repeated"] >= 2
    assert figures["connections_cut"] == 3
    assert figures["wrong_fields_refused"] == 2
    assert figures["escalations"] >= 1
    assert figures["lag_seconds"]["p50"] >= 0
    assert figures["messages"]["mails"] >= 1
    for row in result["invariants"]:
        assert row["holds"], row
        assert row["name"].split()[0] in done.stdout
    assert "None lost" in done.stdout
    assert str(figures["escalations"]) in done.stdout
