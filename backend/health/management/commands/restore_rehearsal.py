"""Proving that a backup can be restored."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.common.clock import database_now
from backend.health.backup_errors import BackupError
from backend.health.services import backup_rehearse


class Command(BaseCommand):
    """Runs as the owner of the tables, beside a running system; what it restores is gone when it ends."""

    help = "Restore a backup into an empty database beside ours, compare every table's rows, and verify the ledger."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file and its key."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", type=Path, required=True, help="file with the secret key")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Rehearse it, and say what was found."""
        path: Path = options["file"]
        try:
            done = backup_rehearse(path=path, identity=options["identity"], now=database_now())
        except BackupError as error:
            raise CommandError(str(error)) from error
        if done.finding:
            raise CommandError(f"{path} came back wrong. {done.finding}")
        self.stdout.write(f"{path}: restored {sum(done.rows.values())} rows; the ledger holds.")
