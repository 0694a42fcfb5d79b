"""Write the JSON Schema of rulebook files, which editors use to help and to check while one writes."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.rulebook.validation import schema_text

FILE = Path("rulebooks") / "rulebook.schema.json"


class Command(BaseCommand):
    """Write the schema anew, or with --check only say whether the file is in step."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --check."""
        parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if out of step")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Compare or write."""
        path = settings.BASE_DIR / FILE
        if not options["check"]:
            path.write_text(schema_text(), encoding="utf-8")
            self.stdout.write(f"{FILE} written")
        elif not path.exists() or path.read_text(encoding="utf-8") != schema_text():
            raise CommandError(f"{FILE} is out of step. Run `python manage.py rulebook_schema`.")
