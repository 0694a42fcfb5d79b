"""An installation as `make run` starts it refuses a second one beside it; its processes may do only what they need."""

from pathlib import Path

import psycopg
import pytest

from tests.system.installation import NAMES, System

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


def test_it_runs_every_process_and_answers(installation: System) -> None:
    assert set(installation.description["processes"]) == set(NAMES)
    assert installation.status("/healthz") == 200
    assert installation.status("/readyz") == 200
    assert (installation.state / "run.json").stat().st_mode & 0o777 == 0o600


def test_a_second_start_beside_it_is_refused(installation: System) -> None:
    done = installation.tool("supervisor")
    assert done.returncode == 1
    assert f"already running here at http://127.0.0.1:{installation.port}" in done.stdout


def test_a_port_in_use_is_said(installation: System, tmp_path: Path) -> None:
    done = System(state=tmp_path / "var", port=installation.port).tool("supervisor")
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{installation.port}" in done.stdout
    assert "PORT=8001 make run" in done.stdout


def test_reset_is_refused_while_it_runs(installation: System) -> None:
    done = installation.tool("reset")
    assert done.returncode == 1
    assert "already running" in done.stderr
    assert installation.status("/readyz") == 200


def test_a_management_command_runs_beside_it_as_the_lesser_role(installation: System) -> None:
    code = "from django.db import connection; print('role', connection.settings_dict['USER'])"
    done = installation.tool("manage", "shell", "-c", code)
    assert done.returncode == 0, done.stderr
    assert "role allclear_app" in done.stdout
    assert installation.tool("manage", "migrate", "--check").returncode == 0


@pytest.mark.parametrize("statement", REFUSED)
def test_the_password_of_the_processes_opens_no_record(installation: System, statement: str) -> None:
    with psycopg.connect(installation.description["environment"]["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT session_user::text").fetchone() == ("allclear_app",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
