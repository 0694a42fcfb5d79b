"""Write the public holidays and make-up workdays of a year into a school's calendar."""

from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from backend.calendars.services.days import YearPublished, calendar_publish_year
from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.selectors.school_calendars import calendar_at


class Command(BaseCommand):
    """Publish a year; days the school set itself stay, and a year that is not announced yet stays provisional."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the school, the year, and whether to look only."""
        parser.add_argument("--school", required=True, metavar="CODE")
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    @transaction.atomic
    def handle(self, *_args: Any, **options: Any) -> None:
        """Say what changes, day by day."""
        code, year = options["school"], options["year"]
        try:
            calendar = calendar_at(school_code=code)
            today = database_now().astimezone(ZoneInfo(calendar.school.time_zone)).date()
            done = calendar_publish_year(calendar=calendar, year=year, today=today)
        except DomainError as error:
            raise CommandError(f"{code}: {error}") from error
        calendar.refresh_from_db()
        self.stdout.write("\n".join(self._told(year, done)))
        self.stdout.write(f"{code}: known until {calendar.published_until}, version {calendar.version}")
        if options["dry_run"]:
            transaction.set_rollback(True)
            self.stdout.write("Dry run: nothing was changed.")

    def _told(self, year: int, done: YearPublished) -> list[str]:
        if not done.is_known:
            return [
                f"The make-up workdays of {year} are not known yet: the year stays provisional, nothing was changed.",
                "They are announced in the last months of the year before; update the `holidays` library then.",
            ]
        found = [("added", done.added), ("changed", done.changed), ("removed", done.removed), ("kept", done.kept)]
        return [f"{word}: {_listed(days)}" for word, days in found if days] or [f"{year} is published already."]


def _listed(days: Sequence[date]) -> str:
    return f"{len(days)} days ({', '.join(f'{day:%m-%d}' for day in days)})"
