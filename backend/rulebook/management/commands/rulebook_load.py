"""Load a rulebook file and take it into use at one school or at all."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.organisation.models import School
from backend.rulebook.files import RulebookFileError, rulebook_read
from backend.rulebook.services import rulebook_activate, rulebook_load


class Command(BaseCommand):
    """Store the file as an immutable version; with --school, open that school's new tickets under it."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file and the schools' codes."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--school", action="append", default=[], help="code of a school; may be repeated")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check the file before anything is stored."""
        try:
            content = rulebook_read(options["file"])
        except (RulebookFileError, OSError) as error:
            raise CommandError(str(error)) from error
        now = database_now()
        version, created = rulebook_load(content=content, now=now)
        self.stdout.write(f"{version}: {'loaded' if created else 'already loaded'}")
        for code in options["school"]:
            school = School.objects.filter(code=code).first()
            if school is None:
                raise CommandError(f"There is no school with the code {code!r}.")
            rulebook_activate(school=school, version=version, now=now)
            self.stdout.write(f"{school.code}: new tickets open under {version}")
