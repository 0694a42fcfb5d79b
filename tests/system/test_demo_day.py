"""`make demo` in small: a day of a few seconds against a running system, with its table, its JSON and its exit code."""

import json
import subprocess
import sys

import pytest

from tests.system.installation import ROOT, System

pytestmark = pytest.mark.slow("tests/tools/test_demo_judging.py")

REPORTS = 24


def test_a_small_day_keeps_every_promise(installation: System) -> None:
    command = [sys.executable, "-m", "tools.prove.demo", "--reports", str(REPORTS), "--seconds", "10"]
    environment = {**installation.environment, "COLUMNS": "120"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "It uses the running system in" in done.stdout
    result = json.loads((installation.state / "demo.json").read_text(encoding="utf-8"))
    assert result["school"] == "demo-day-1"
    assert result["holds"] is True
    figures = result["figures"]
    assert figures["filed"] == figures["stored"] == REPORTS + 1, "one came out later"
    assert figures["routed"] == figures["closed"] == figures["filed"] + figures["clusters"] == REPORTS + 2
    assert figures["categories"] == REPORTS
    assert figures["requests_repeated"] >= 2
    assert figures["connections_cut"] == 3
    assert figures["wrong_fields_refused"] == 2
    assert figures["escalations"] >= 1
    assert figures["lag_seconds"]["p50"] >= 0
    assert figures["messages"]["mails"] >= 1
    rounds = figures["rounds"]
    assert (rounds["planned"], rounds["missing"], rounds["corrected"], rounds["came out later"]) == (19, 7, 1, 1)
    assert rounds["late"] >= 1
    for row in result["invariants"]:
        assert row["holds"], row
        assert row["name"].split()[0] in done.stdout
    assert "None lost" in done.stdout
    assert str(figures["escalations"]) in done.stdout
