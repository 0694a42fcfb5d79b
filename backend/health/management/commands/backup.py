"""Writing an encrypted backup of the database."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.common.clock import database_now
from backend.health.backup_errors import BackupError
from backend.health.services import backup_make, backups_thin_out


class Command(BaseCommand):
    """Runs as the owner of the tables, beside a running system."""

    help = "Write one file, encrypted to BACKUP_RECIPIENTS, into BACKUP_FOLDER or --folder."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder, and how many files stay."""
        parser.add_argument("--folder", type=Path, default=Path(settings.BACKUP_FOLDER))
        parser.add_argument("--keep", type=int, default=0, help="remove all but so many of the newest; 0 keeps all")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write it, and say where it is."""
        folder: Path = options["folder"]
        try:
            made = backup_make(folder=folder, recipients=settings.BACKUP_RECIPIENTS, now=database_now())
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{folder / made.file_name}: {made.size} bytes, {sum(made.rows.values())} rows.")
        if options["keep"] > 0:
            for path in backups_thin_out(folder=folder, keep=options["keep"]):
                self.stdout.write(f"{path}: removed.")
