"""Lay out a fresh school for `make demo`."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.common.content_files import ContentFileError
from backend.common.errors import DomainError
from backend.rulebook.files import RulebookFileError
from tools.demo_school.clocks import USUAL_DAY_SECONDS
from tools.demo_school.day import demo_day_lay_out, demo_day_read

RULEBOOK = "rulebooks/cn-school.yaml"


class Command(BaseCommand):
    """Lay out a demo school of its own with clocks in seconds; print its logins as JSON. Only where DEMO is set."""

    help = __doc__ or ""
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how long the day shall last; it decides how long every clock is."""
        parser.add_argument("--seconds", type=float, default=USUAL_DAY_SECONDS, metavar="SECONDS")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read and check every file first, then store, then print; the passwords are written nowhere else."""
        if not settings.DEMO:
            raise CommandError("This installation is not a demo. Set DEMO=1 to lay out a demo school in it.")
        try:
            files = demo_day_read(folder=settings.BASE_DIR / "demo" / "day", rulebook=settings.BASE_DIR / RULEBOOK)
            found = demo_day_lay_out(files=files, day_seconds=options["seconds"], now=database_now())
        except (ContentFileError, RulebookFileError, DomainError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(found, ensure_ascii=False))
