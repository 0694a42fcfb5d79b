"""Moving the deadlines of a school's open tickets to its calendar as it is now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.organisation.selectors.school_calendars import school_at
from backend.workflow.services import tickets_recompute


class Command(BaseCommand):
    """Prints every deadline that moves; with --dry-run nothing is changed."""

    help = "Recompute the deadlines of a school's open tickets; --dry-run only lists which would move, and by how much."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the school, and whether to change anything."""
        parser.add_argument("--school", required=True, metavar="CODE", help="the code of the school")
        parser.add_argument("--dry-run", action="store_true", help="change nothing, only list")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Recompute, and say what moved."""
        dry_run: bool = options["dry_run"]
        try:
            school = school_at(code=options["school"])
        except NotFound:
            raise CommandError(f"There is no school with the code {options['school']}.") from None
        done = tickets_recompute(school_id=school.id, now=database_now(), dry_run=dry_run)
        for move in done.moved:
            times = f"{move.before.isoformat()} -> {move.after.isoformat()}  ({move.by.total_seconds() / 3600:+.1f} h)"
            self.stdout.write(f"{move.reference}  {move.clock:<12} {times}")
        verb = "would move" if dry_run else "moved"
        self.stdout.write(f"{len(done.moved)} deadlines {verb}; {done.tickets} open tickets were looked at.")
