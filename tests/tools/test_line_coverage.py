"""Lines run in any process of a run are counted, also in children that end abruptly; the report comes at the end."""

import os
import subprocess
import sys

import pytest

from tools.testing.line_coverage import lines_measured

LOOKED_AT = "backend/rulebook/ruleset.py,backend/deadlines/ladders.py,backend/common/ids.py,backend/accounts/api.py"
FORKED = "import os; os.fork() and os.wait() or __import__({module!r}); os._exit(0)"


def test_lines_of_every_process_are_reported_together(capfd: pytest.CaptureFixture[str]) -> None:
    with lines_measured(only=LOOKED_AT) as measured:
        environment = {**os.environ, **measured}
        for module in ("backend.rulebook.ruleset", "backend.deadlines.ladders"):
            subprocess.run([sys.executable, "-c", FORKED.format(module=module)], env=environment, check=True)
        subprocess.run([sys.executable, "-c", "import backend.common.ids"], env=environment, check=True)
        assert capfd.readouterr().out == ""
    rows = {row.split()[0]: row.split() for row in capfd.readouterr().out.splitlines() if row.startswith("backend/")}
    for name in ("rulebook/ruleset", "deadlines/ladders", "common/ids"):
        statements, missed = map(int, rows[f"backend/{name}.py"][1:3])
        assert 0 < missed < statements, name
    assert rows["backend/accounts/api.py"][3] == "0%"
