"""Making a backup, restoring one, and rehearsing it: each leaves a record, or says why not."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

from backend.health.backup_databases import (
    conninfo,
    emptied,
    holds_tickets,
    programs_environment,
    rehearsal_database,
    rows_counted,
    snapshot_opened,
)
from backend.health.backup_errors import BackupError
from backend.health.backup_files import (
    backup_check,
    dump_encrypt,
    identities_read,
    recipients_read,
    restore_decrypted,
)
from backend.health.models import Backup

ENDING = ".dump.age"
CHECKS = (
    ("migrate", "--no-input", "--skip-checks", "--verbosity", "0"),
    ("ledger_verify", "--restored"),
    ("tickets_audit",),
)
MANAGE = settings.BASE_DIR / "manage.py"


@dataclass(frozen=True)
class Rehearsed:
    """The outcome of a rehearsal: rows restored, and what was wrong; empty when nothing was."""

    rows: dict[str, int]
    finding: str


def backup_make(*, folder: Path, recipients: Sequence[str], now: datetime) -> Backup:
    """Write one encrypted file of the database as it is this instant, and record it."""
    keys = recipients_read(recipients)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"allclear-{now:%Y%m%dT%H%M%SZ}{ENDING}"
    with snapshot_opened() as (session, snapshot):
        environment = programs_environment(conninfo())
        digest, size = dump_encrypt(path=path, environment=environment, recipients=keys, snapshot=snapshot)
        rows = rows_counted(session)
    return Backup.objects.create(digest=digest, file_name=path.name, size=size, rows=rows, made_at=now)


def backups_thin_out(*, folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest files of a folder; return those removed."""
    old = sorted(folder.glob(f"allclear-*{ENDING}"))[:-keep]
    for path in old:
        path.unlink()
    return old


def backup_restore(*, path: Path, identity: Path, may_replace: bool) -> None:
    """Restore a file into the configured database, in place of what it holds."""
    keys = identities_read(identity)
    backup_check(path=path, identities=keys)
    if not may_replace and holds_tickets(conninfo()):
        raise BackupError("The database holds tickets. Stop every process, then repeat with --replace.")
    connection.close()
    emptied(conninfo())
    restore_decrypted(path=path, environment=programs_environment(conninfo()), identities=keys)
    checked(conninfo())


def backup_rehearse(*, path: Path, identity: Path, now: datetime) -> Rehearsed:
    """Restore a file into an empty database beside ours, check what came back, and record it."""
    keys = identities_read(identity)
    digest, size = backup_check(path=path, identities=keys)
    record, _created = Backup.objects.get_or_create(digest=digest, defaults={"file_name": path.name, "size": size})
    with rehearsal_database() as reached:
        restore_decrypted(path=path, environment=programs_environment(reached), identities=keys)
        with psycopg.connect(reached) as session:
            rows = rows_counted(session)
        finding = _difference(record.rows, rows) or _first_finding(reached)
    record.rehearsed_at, record.finding = now, finding
    record.save(update_fields=["rehearsed_at", "finding"])
    return Rehearsed(rows, finding)


def checked(reached: str) -> None:
    """Bring restored tables up to this version and verify them; raise BackupError with the first finding."""
    if finding := _first_finding(reached):
        raise BackupError(finding)


def _difference(wanted: dict[str, int], found: dict[str, int]) -> str:
    """Name the first table whose rows did not all come back; a file made elsewhere has no record to compare with."""
    for name, count in wanted.items():
        if found.get(name) != count:
            return f"{name} came back with {found.get(name, 0)} rows instead of {count}."
    return ""


def _first_finding(reached: str) -> str:
    environment = {**os.environ, "DATABASE_URL": reached}
    for command in CHECKS:
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, str(MANAGE), *command], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            return f"{command[0]}: {(done.stderr or done.stdout).strip()[-500:]}"
    return ""
