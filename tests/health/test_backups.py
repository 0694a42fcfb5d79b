"""A backup is encrypted, comes back whole with its ledger, and a rehearsal proves it and leaves a record."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql

from backend.health.backup_databases import conninfo, programs_environment, snapshot_opened
from backend.health.backup_errors import BackupError
from backend.health.backup_files import dump_encrypt, recipients_read
from backend.health.models import Backup
from backend.health.selectors import BackupState, backup_state
from backend.workflow.models import Ticket, TicketEvent
from tests.conftest import ROOT
from tests.roles import as_owner
from tests.workflow.steps import file_ticket
from tests.world import World

SECRET = "二楼安全出口被课桌堵住了"


@dataclass(frozen=True)
class Keeper:
    """Whoever keeps the backups of the test's database: a folder, a file with the secret key, and the owner's login."""

    folder: Path
    identity: Path
    owner_url: str

    def run(self, *command: str) -> str:
        """Run a management command as the owner of the tables; return what it says."""
        said, refused = StringIO(), None
        with as_owner():
            try:
                call_command(*command, stdout=said)
            except CommandError as error:
                refused = error
        if refused is not None:
            raise refused
        return said.getvalue()

    def run_elsewhere(self, *command: str, url: str) -> "subprocess.CompletedProcess[str]":
        """Run a management command on another database."""
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
        )

    def backup(self) -> Path:
        """Make a backup and return its file."""
        return Path(self.run("backup").split(":")[0])

    def rehearse(self, path: Path) -> str:
        """Rehearse a file."""
        return self.run("restore_rehearsal", str(path), "--identity", str(self.identity))


@pytest.fixture
def keeper(committed_world: World, tmp_path: Path, settings: Any) -> Keeper:
    """A keeper with keys of their own, beside a school in which a report was filed and routed."""
    file_ticket(committed_world, routed=True)
    keys = tmp_path / "keys.txt"
    with as_owner():
        keeper = Keeper(tmp_path / "backups", keys, conninfo())
    printed = keeper.run("backup_key")
    keys.write_text(printed, encoding="utf-8")
    settings.BACKUP_RECIPIENTS = [printed.split("# ")[2].strip()]
    settings.BACKUP_FOLDER = str(keeper.folder)
    return keeper


@pytest.fixture
def empty_database(keeper: Keeper) -> Iterator[str]:
    """An empty database of the same server; yields how to reach it."""
    name = sql.Identifier(f"{connection.settings_dict['NAME']}_elsewhere")
    with psycopg.connect(keeper.owner_url, autocommit=True) as session:
        session.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
        session.execute(sql.SQL("CREATE DATABASE {}").format(name))
        yield conninfo(database=name.as_string().strip('"'))
        session.execute(sql.SQL("DROP DATABASE {}").format(name))


def test_a_backup_says_nothing_to_whoever_lacks_the_key(keeper: Keeper, tmp_path: Path) -> None:
    path = keeper.backup()
    content = path.read_bytes()
    assert content.startswith(b"age-encryption.org/v1")
    assert SECRET.encode() not in content
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    other = tmp_path / "other.txt"
    other.write_text(keeper.run("backup_key"), encoding="utf-8")
    with pytest.raises(CommandError, match="No matching keys"):
        keeper.run("restore_rehearsal", str(path), "--identity", str(other))
    assert backup_state().rehearsed_at is None


def test_a_rehearsal_brings_everything_back_and_leaves_a_record(keeper: Keeper) -> None:
    path = keeper.backup()
    (made,) = Backup.objects.all()
    assert (made.size, made.rows["workflow_ticket"]) == (path.stat().st_size, 1)
    assert backup_state() == BackupState(made.made_at, None)
    assert "the ledger holds" in keeper.rehearse(path)
    assert backup_state().rehearsed_at is not None
    with psycopg.connect(conninfo(database=f"{connection.settings_dict['NAME']}_rehearsal")) as left:
        assert left.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_a_rehearsal_finds_rows_that_did_not_come_back(keeper: Keeper) -> None:
    path = keeper.backup()
    with as_owner():
        Backup.objects.update(rows={"workflow_ticketevent": 99})
    with pytest.raises(CommandError, match="workflow_ticketevent came back with"):
        keeper.rehearse(path)
    assert Backup.objects.get().finding
    assert backup_state().rehearsed_at is None


@pytest.mark.slow("tests/health/test_backups.py")
def test_a_rehearsal_finds_a_ledger_that_does_not_hold(keeper: Keeper) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE workflow_ticketevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE workflow_ticketevent SET kind = 'comment' WHERE sequence = 2")
        cursor.execute("ALTER TABLE workflow_ticketevent ENABLE TRIGGER USER")
    path = keeper.backup()
    with pytest.raises(CommandError, match="ledger is broken"):
        keeper.rehearse(path)
    assert "ledger is broken" in Backup.objects.get().finding
    assert backup_state().rehearsed_at is None


def test_a_file_that_is_cut_is_refused_before_anything_is_touched(keeper: Keeper) -> None:
    path = keeper.backup()
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CommandError, match="not whole"):
        keeper.run("restore", str(path), "--identity", str(keeper.identity), "--replace")
    assert Ticket.objects.count() == 1


def test_a_database_with_tickets_is_only_replaced_on_purpose(keeper: Keeper) -> None:
    path = keeper.backup()
    with pytest.raises(CommandError, match="--replace"):
        keeper.run("restore", str(path), "--identity", str(keeper.identity))
    assert Ticket.objects.count() == 1


@pytest.mark.slow("tests/health/test_backups.py")
def test_a_restore_brings_tickets_and_ledger_to_another_database(keeper: Keeper, empty_database: str) -> None:
    path = keeper.backup()
    restore = ("restore", str(path), "--identity", str(keeper.identity), "--replace")
    for _time in range(2):
        done = keeper.run_elsewhere(*restore, url=empty_database)
        assert done.returncode == 0, done.stderr
    assert keeper.run_elsewhere("ledger_verify", url=empty_database).stdout.startswith("The ledger holds: 1 tickets")
    with psycopg.connect(empty_database) as restored:
        events = restored.execute("SELECT count(*) FROM workflow_ticketevent").fetchone()
        owners = restored.execute(
            "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'public'"
        ).fetchone()
    assert events == (TicketEvent.objects.count(),)
    assert owners == ("pg_database_owner",)


def test_a_backup_needs_a_public_key(keeper: Keeper, settings: Any) -> None:
    for recipients, words in (([], "backup_key"), (["age1x"], "no age public key")):
        settings.BACKUP_RECIPIENTS = recipients
        with pytest.raises(CommandError, match=words):
            keeper.run("backup")
    assert not keeper.folder.exists()


def test_only_so_many_are_kept(keeper: Keeper) -> None:
    keeper.folder.mkdir()
    for day in range(3):
        (keeper.folder / f"allclear-2026010{day}T000000Z.dump.age").touch()
    keeper.run("backup", "--keep", "2")
    kept = sorted(file.name for file in keeper.folder.iterdir())
    assert (len(kept), kept[0]) == (2, "allclear-20260102T000000Z.dump.age")


def test_a_dump_that_fails_leaves_nothing(keeper: Keeper) -> None:
    keeper.folder.mkdir()
    keys = recipients_read(django_settings.BACKUP_RECIPIENTS)
    wrong = programs_environment(conninfo(database="nowhere"))
    with snapshot_opened() as (_session, snapshot), pytest.raises(BackupError, match="pg_dump failed"):
        dump_encrypt(path=keeper.folder / "a", environment=wrong, recipients=keys, snapshot=snapshot)
    assert list(keeper.folder.iterdir()) == []
