"""Take a school's staff list (a workbook or text) into use."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.common.table_files import MAXIMUM_BYTES
from backend.common.text_files import CANDIDATES, EncodingUnclear
from backend.organisation.models import School
from backend.organisation.selectors.school_calendars import school_at
from backend.organisation.selectors.schools import unit_names
from backend.organisation.services.staff_import import StaffImportResult, staff_import
from backend.organisation.staff_lists import RowError, StaffFile, staff_file_read


class Command(BaseCommand):
    """Add and correct people, all of the list or nothing; nobody is removed."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, the school, and whether to look only."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--school", required=True, metavar="CODE")
        parser.add_argument(
            "--encoding", default="", choices=sorted(CANDIDATES), help="how the letters of a text are read"
        )
        parser.add_argument("--move", action="store_true", help="end the posts in units that people of the list left")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say what happened, or every error with its line and column."""
        try:
            school = school_at(code=options["school"])
            read = _read(school, options["file"], options["encoding"])
            done = staff_import(
                school=school,
                rows=read.rows,
                actor=None,
                now=database_now(),
                dry_run=options["dry_run"] or bool(read.errors),
                keeping=() if options["move"] else None,
            )
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from error
        errors = sorted([*read.errors, *done.errors], key=lambda error: error.line)
        if errors:
            raise CommandError("\n".join([*map(_told, errors), "Nothing was changed."]))
        self.stdout.write("\n".join(_said(read, done, is_moving=options["move"])))
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was changed.")


def _read(school: School, path: Path, encoding: str) -> StaffFile:
    with path.open("rb") as file:
        content = file.read(MAXIMUM_BYTES + 1)
    try:
        return staff_file_read(content=content, encoding=encoding, known=unit_names(school=school))
    except EncodingUnclear as error:
        samples = [f"--encoding {sample.encoding}: " + " | ".join(sample.lines) for sample in error.samples]
        raise CommandError("\n".join([str(error), *samples])) from error


def _said(read: StaffFile, done: StaffImportResult, *, is_moving: bool) -> Iterator[str]:
    yield f"{len(done.added)} added, {len(done.changed)} changed, {len(done.unchanged)} unchanged"
    if read.headings.left_out:
        yield f"Columns left out: {', '.join(read.headings.left_out)}"
    for words, posts in (("leaves" if is_moving else "would leave", done.leaving), ("keeps", done.staying)):
        yield from (f"{held.row.name} ({held.row.staff_number}) {words} {held.label}" for held in posts)
    if done.waiting:
        yield f"{done.waiting} changes wait until a second person has confirmed them."


def _told(error: RowError) -> str:
    return f"line {error.line}{', ' * bool(error.column)}{error.column}: {error.message}"
