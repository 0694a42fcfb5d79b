"""Write a school's whole configuration as one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.organisation.selectors.school_calendars import school_at
from backend.setup.configuration.exporting import configuration_of
from backend.setup.configuration.files import configuration_write


class Command(BaseCommand):
    """Export the organisation, calendar, rulebook and coming duty of a school; no secrets are in it."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the school, and where and in which form to write."""
        parser.add_argument("--school", required=True, metavar="CODE")
        parser.add_argument("--output", type=Path, metavar="FILE", help="instead of the standard output")
        parser.add_argument("--format", choices=("yaml", "json"), default="yaml")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the file."""
        try:
            school = school_at(code=options["school"])
            content = configuration_of(school=school, now=database_now())
            text = configuration_write(content, as_json=options["format"] == "json")
            if options["output"]:
                options["output"].write_text(text, encoding="utf-8")
            else:
                self.stdout.write(text, ending="")
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from error
