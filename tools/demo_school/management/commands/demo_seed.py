"""Lay out the demo schools and write who can sign in."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.common.content_files import ContentFileError
from backend.common.errors import DomainError
from backend.rounds.services.making import rounds_make
from backend.rulebook.files import RulebookFileError
from tools.demo_school.credentials import credentials_write, passwords_read
from tools.demo_school.periods import period_lay_out
from tools.demo_school.schools import SCHOOLS, demo_lay_out, demo_read

RULEBOOK = "rulebooks/cn-school.yaml"


class Command(BaseCommand):
    """Import the demo's files and open its accounts; a second time nothing changes. Only where DEMO is set."""

    help = __doc__ or ""
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where the credentials go, the address people sign in at, and whether rounds are made."""
        parser.add_argument("--credentials", type=Path, required=True, metavar="PATH")
        parser.add_argument("--base-url", required=True, metavar="URL")
        parser.add_argument("--without-rounds", action="store_true", help="for measuring: they fall due by the clock")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read and check every file first; the credentials are written after everything is stored."""
        if not settings.DEMO:
            raise CommandError("This installation is not a demo. Set DEMO=1 to lay out the demo schools in it.")
        path: Path = options["credentials"]
        try:
            files = demo_read(folder=settings.BASE_DIR / "demo", rulebook=settings.BASE_DIR / RULEBOOK)
            now = database_now()
            logins = demo_lay_out(files=files, passwords=passwords_read(path), now=now)
            if not options["without_rounds"]:
                period_lay_out(code=SCHOOLS[0], now=now)
                rounds_make(now=now)
            credentials_write(path=path, base_url=options["base_url"], logins=logins)
        except (ContentFileError, RulebookFileError, DomainError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(logins)} demo accounts are open; see {path}")
