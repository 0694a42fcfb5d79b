"""The whole of `make run`, from an empty folder: ready, mended when killed, gone when told to go."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.patience import PATIENCE, within
from tests.system.installation import NAMES, System, started
from tools.run.children import wait_until
from tools.run.ready_tables import VARIABLE as READY_TABLES


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


def test_a_second_start_beside_it_is_refused(system: System) -> None:
    done = system.tool("supervisor")
    assert done.returncode == 1
    assert f"already running here at http://127.0.0.1:{system.port}" in done.stdout


def test_a_port_in_use_is_said(system: System, tmp_path: Path) -> None:
    done = System(state=tmp_path / "var", port=system.port).tool("supervisor")
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{system.port}" in done.stdout
    assert "PORT=8001 make run" in done.stdout


def test_reset_is_refused_while_it_runs(system: System) -> None:
    done = system.tool("reset")
    assert done.returncode == 1
    assert "already running" in done.stderr
    assert system.status("/readyz") == 200


def test_a_management_command_runs_beside_it_as_the_lesser_role(system: System) -> None:
    code = "from django.db import connection; print('role', connection.settings_dict['USER'])"
    done = system.tool("manage", "shell", "-c", code)
    assert done.returncode == 0, done.stderr
    assert "role allclear_app" in done.stdout
    assert system.tool("manage", "migrate", "--check").returncode == 0


REFUSED = (
    "SET LOCAL pgtrigger.ignore = '{event_immutable}'; DELETE FROM workflow_ticketevent",
    "DELETE FROM workflow_ticketeventpayload",
    "UPDATE workflow_ticket SET description = '', filed_at = now()",
    "DELETE FROM deadlines_escalation",
    "DELETE FROM workflow_ticketparticipant",
    "DELETE FROM django_migrations",
    "ALTER TABLE workflow_ticket DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
    "SET ROLE allclear_owner",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_the_password_of_the_processes_opens_no_record(system: System, statement: str) -> None:
    with psycopg.connect(system.description["environment"]["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT session_user::text").fetchone() == ("allclear_app",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


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
