"""Write a school's workbook, look at what one would do, or take it into use."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.common.table_files import MAXIMUM_BYTES
from backend.organisation.models import School
from backend.organisation.selectors.school_calendars import school_at
from backend.setup.workbook.plan import Plan, Sort
from backend.setup.workbook.reading import CellError, workbook_sheets
from backend.setup.workbook.services import workbook_export, workbook_preview, workbook_take
from backend.setup.workbook.writing import workbook_written

MOST_SHOWN, MOST_ERRORS = 10, 100


class Command(BaseCommand):
    """Set a school up from one workbook; nothing is stored unless it is told to apply it."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do, with which file, for which school."""
        parser.add_argument("what", choices=["template", "export", "check", "apply"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--school", metavar="CODE", help="needed for all but a template")
        parser.add_argument("--keep", action="store_true", help="end no post that the file would end")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the file, or say what it does, or every error with its sheet, line and column."""
        try:
            if options["what"] == "template":
                options["file"].write_bytes(workbook_written(rows={}))
                return
            school = school_at(code=options["school"] or "")
            if options["what"] == "export":
                options["file"].write_bytes(workbook_export(school=school, now=database_now()))
                return
            self.stdout.write("\n".join(_done(school, options)))
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from error


def _done(school: School, options: dict[str, Any]) -> Iterator[str]:
    with options["file"].open("rb") as file:
        sheets = workbook_sheets(content=file.read(MAXIMUM_BYTES + 1))
    now = database_now()
    shown = workbook_preview(school=school, actor=None, sheets=sheets, now=now)
    if shown.plan.errors:
        errors = shown.plan.errors
        more = [f"… and {len(errors) - MOST_ERRORS} more."] if len(errors) > MOST_ERRORS else []
        raise CommandError("\n".join([*map(_told, errors[:MOST_ERRORS]), *more, "Nothing was changed."]))
    yield from (f"left out: {words}" for words in shown.left_out)
    yield from _lines(shown.plan)
    if options["what"] == "check":
        yield "Nothing was changed."
        return
    keeping = [change.key for change in shown.plan.changes if change.key] if options["keep"] else []
    done = workbook_take(school=school, actor=None, sheets=sheets, digest=shown.plan.digest, keeping=keeping, now=now)
    yield f"{done.waiting} changes wait until a second person has confirmed them."


def _lines(plan: Plan) -> Iterator[str]:
    """Yield the first changes of each sort of each sheet, and how many more there are; then the numbers of all."""
    shown: Counter[tuple[str, Sort]] = Counter()
    for change in plan.changes:
        shown[change.sheet, change.sort] += 1
        # Whoever is away then, and what ends, is to be read in full before it is taken into use.
        if shown[change.sheet, change.sort] > MOST_SHOWN and not (change.warning or change.sort is Sort.ENDS):
            continue
        where = f"{change.sheet} {change.line}" if change.line else str(change.sheet)
        cells = "; ".join(f"{cell.column}: {cell.before!r} → {cell.after!r}" for cell in change.cells)
        more = f"{f' ({cells})' if cells else ''}{' — ' * bool(change.warning)}{change.warning}"
        yield f"{change.sort}: {where}: {change.what}{more}"
    for (sheet, sort), count in shown.items():
        if count > MOST_SHOWN and sort is not Sort.ENDS:
            yield f"{sort}: {sheet}: … {count} in all"
    counts = {sort: sum(change.sort is sort for change in plan.changes) for sort in Sort}
    yield ", ".join(f"{number} {sort}" for sort, number in counts.items()) + f", {plan.same.total()} as they are"


def _told(error: CellError) -> str:
    return f"{error.sheet}, line {error.line}{', ' * bool(error.column)}{error.column}: {error.message}"
