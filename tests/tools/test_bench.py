"""`make bench`, small: every part runs to its end and says what it measured; the judging of figures by itself."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools.prove.bench.figures import Figure, write
from tools.prove.bench.lag import LONGEST_LAG
from tools.prove.bench.pages import MOST_STATEMENTS
from tools.prove.bench.parts import cpu_seconds
from tools.run.installation import ROOT

SMALL_RUN = (
    *("--rounds", "1", "--seconds", "0.5", "--small", "300", "--large", "3000", "--hold", "0.5"),
    *("--calm", "10", "--storm", "40", "--crowd", "500"),
    *(argument for part in ("filing", "reading", "engine", "way", "ledger") for argument in ("--part", part)),
)


MANY_FIGURES = 15


@pytest.mark.parametrize(
    ("value", "bound", "met"),
    [(0.4, "at least", True), (0.39, "at least", False), (1.5, "at most", True), (1.51, "at most", False)],
)
def test_a_figure_knows_whether_its_target_is_met(value: float, bound: str, met: bool) -> None:
    target = 0.4 if bound == "at least" else 1.5
    figure = Figure("ratio", value, "", target, "at least" if bound == "at least" else "at most")
    assert figure.is_met is met


def test_a_figure_without_a_target_is_only_shown(tmp_path: Path) -> None:
    write(tmp_path / "var" / "bench.json", {"part": [Figure("rate", 12.5, "/s")]}, {"cores": 2})
    content = json.loads((tmp_path / "var" / "bench.json").read_text(encoding="utf-8"))
    assert content["cores"] == 2
    assert content["part"][0]["met"] is None


def test_cpu_time_counts_the_whole_family() -> None:
    burn = "import subprocess, sys, time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass\n"
    family = burn + "print('done', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", family], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "done\n"
        assert cpu_seconds([child.pid]) >= 0.25
        child.communicate("")


@pytest.mark.slow("tests/incidents/test_costs.py")
@pytest.mark.usefixtures("ready_tables")
def test_a_small_bench_measures_everything(tmp_path: Path) -> None:
    output = tmp_path / "bench.json"
    done = subprocess.run(
        [sys.executable, "-m", "tools.prove.bench", *SMALL_RUN, "--output", str(output)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=1500,  # most of it waits until channels have rested, half a minute each time
    )
    assert done.returncode == 0, done.stdout + done.stderr
    content = json.loads(output.read_text(encoding="utf-8"))
    assert content["tickets"] == [300, 3000]
    named = {row["name"]: row["value"] for part in ("filing", "reading", "engine") for row in content[part]}
    assert 0 < named["reports filed ÷ bare inserts behind the same"] < 1
    assert named["SQL statements per report"] <= 9
    assert named["CPU per report, web and database"] > 0
    growths = [name for name in named if name.endswith("growth of buffers")]
    assert len(growths) == 9
    assert named["inbox, head of office: statements"] <= MOST_STATEMENTS
    assert named["finding a rare word: p50"] > 0
    assert named["escalations fired ÷ in batches of one"] > 1
    assert named["CPU per escalation, engine and database"] > 0
    waiting = {name: value for name, value in named.items() if "left waiting" in name or "lost of it" in name}
    assert len(waiting) == 6
    assert set(waiting.values()) == {0}, waiting
    assert named["firing lag p99 beyond the same loop doing nothing"] < LONGEST_LAG
    way = {row["name"]: row for row in content["way"]}
    assert len(way) > MANY_FIGURES
    assert way["firing 100 due: statements"]["met"]
    assert way["statements per report: filed"]["value"] <= 14
    # With cold caches, and with everything that listens: notices, the feed of events, to-dos elsewhere, the notary,
    # and for what is pressing the reports to somebody outside.
    assert way["statements per report: routed and told, one at a time"]["value"] <= 50
    assert way["takings of queued rows per report, storm of 40 ÷ calm"]["value"] <= 1.3
