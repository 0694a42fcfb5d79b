"""Writing the page about the states of a ticket."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.workflow.diagram import page

PAGE = Path("docs", "state-machine.md")


class Command(BaseCommand):
    """Writes docs/state-machine.md, or with --check only says whether it is current."""

    help = "Write docs/state-machine.md from the transition table; --check only compares."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --check."""
        parser.add_argument("--check", action="store_true", help="write nothing; fail when the page is out of date")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write or compare."""
        path: Path = settings.BASE_DIR / PAGE
        if options["check"]:
            if not path.exists() or path.read_text(encoding="utf-8") != page():
                raise CommandError(f"{PAGE} is out of date. Run: python manage.py state_machine_docs")
            return
        path.parent.mkdir(exist_ok=True)
        path.write_text(page(), encoding="utf-8")
        self.stdout.write(f"{PAGE} is written.")
