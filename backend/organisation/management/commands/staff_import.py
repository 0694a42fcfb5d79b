"""Take a school's staff list (CSV) into use."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.selectors.school_calendars import school_at
from backend.organisation.services.staff_import import staff_import
from backend.organisation.staff_csv import MAXIMUM_BYTES, RowError, staff_file_read


class Command(BaseCommand):
    """Add and correct people, all of the list or nothing; nobody is removed."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, the school, and whether to look only."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--school", required=True, metavar="CODE")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say what happened, or every error with its line and column."""
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                read = staff_file_read(file.read(MAXIMUM_BYTES + 1))
            school = school_at(code=options["school"])
            is_dry = options["dry_run"] or bool(read.errors)
            done = staff_import(school=school, rows=read.rows, actor=None, now=database_now(), dry_run=is_dry)
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from error
        errors = sorted([*read.errors, *done.errors], key=lambda error: error.line)
        if errors:
            raise CommandError("\n".join([*map(_told, errors), "Nothing was changed."]))
        counts = (len(done.added), len(done.changed), len(done.unchanged))
        self.stdout.write("{} added, {} changed, {} unchanged".format(*counts))
        if done.waiting:
            self.stdout.write(f"{done.waiting} changes wait until a second person has confirmed them.")
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was changed.")


def _told(error: RowError) -> str:
    return f"line {error.line}{', ' * bool(error.column)}{error.column}: {error.message}"
