"""The whole of `make run`, from an empty folder: ready, mended when killed, gone when told to go.

What it refuses while it runs is in tests/system/test_running.py.
"""

import json
import os
import signal
from collections.abc import Iterator

import pytest

from tests.patience import PATIENCE, within
from tests.system.installation import NAMES, System, started
from tools.run.children import wait_until
from tools.run.ready_tables import VARIABLE as READY_TABLES

pytestmark = pytest.mark.slow("tests/system/test_running.py")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One installation for the module, started from nothing: every table is made by its migrations."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(READY_TABLES, raising=False)
        with started(tmp_path_factory.mktemp("system") / "var") as made:
            yield made


def test_a_fresh_start_runs_every_process_and_answers(system: System) -> None:
    assert set(system.description["processes"]) == set(NAMES)
    assert system.status("/healthz") == 200
    assert system.status("/readyz") == 200
    assert (system.state / "run.json").stat().st_mode & 0o777 == 0o600


def test_the_log_tells_address_one_login_per_role_and_how_to_stop(system: System) -> None:
    demo = json.loads((system.state / "demo-credentials.json").read_text(encoding="utf-8"))
    assert demo["base_url"] == f"http://127.0.0.1:{system.port}"
    roles = {account["role"] for account in demo["accounts"]}
    first = {role: next(account for account in demo["accounts"] if account["role"] == role) for role in roles}
    for account in first.values():
        assert f"{account['username']:<16} {account['password']}" in system.log
    assert f"  http://127.0.0.1:{system.port}\n" in system.log
    assert "Stop with Ctrl-C" in system.log
    # What comes again every few seconds, or cannot be helped, would hide what matters.
    assert wait_until(lambda: system.status("/statusz") == 200, seconds=PATIENCE), system.log
    for noise in ("Sending due task", "SecurityWarning"):
        assert noise not in system.log


@pytest.mark.parametrize("name", NAMES)
def test_a_killed_process_comes_back(system: System, name: str) -> None:
    before = system.description["processes"][name]
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: system.description["processes"].get(name, before) != before, seconds=PATIENCE)
    assert wait_until(lambda: system.status("/readyz") == 200, seconds=PATIENCE), system.log


def test_told_to_stop_it_stops_everything_and_the_data_stays(system: System) -> None:
    assert len(system.processes()) > len(NAMES)
    assert system.stop(signal.SIGINT) == 0
    assert wait_until(lambda: system.processes() == [], seconds=PATIENCE), system.processes()
    assert not (system.state / "run.json").exists()
    done = system.tool(
        "manage", "shell", "-c", "from backend.accounts.models import User; print(User.objects.count(), 'people')"
    )
    assert done.returncode == 0, done.stderr
    demo = json.loads((system.state / "demo-credentials.json").read_text(encoding="utf-8"))
    assert int(done.stdout.split(" people")[0].split()[-1]) >= len(demo["accounts"])
    assert system.processes() == []


def test_a_killed_supervisor_leaves_nothing_and_the_next_start_is_quick(system: System) -> None:
    system.start()
    assert system.stop(signal.SIGKILL) == -signal.SIGKILL
    assert wait_until(lambda: system.processes() == [], seconds=PATIENCE), system.processes()
    assert within(system.start("make", "run"), 60)
    system.stop(signal.SIGINT)  # to make alone, which keeps it for itself
    assert "allclear  | stopped" in system.log
    assert wait_until(lambda: system.processes() == [], seconds=PATIENCE), system.processes()


def test_reset_leaves_an_empty_folder(system: System) -> None:
    done = system.tool("reset")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in system.state.iterdir()] == ["run.lock"]
