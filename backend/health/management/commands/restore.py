"""Restoring a backup in place of what the database holds."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.health.backup_errors import BackupError
from backend.health.services import backup_restore


class Command(BaseCommand):
    """Runs as the owner of the tables, while every other process is stopped."""

    help = "Decrypt a backup into the database, migrate it to this version, and verify the ledger."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, its key, and leave to replace."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", type=Path, required=True, help="file with the secret key")
        parser.add_argument("--replace", action="store_true", help="replace a database that holds tickets")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Restore it."""
        path: Path = options["file"]
        try:
            backup_restore(path=path, identity=options["identity"], may_replace=options["replace"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{path}: restored, migrated and verified. Start the processes.")
