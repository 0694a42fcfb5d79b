"""Forgetting what is past its period, as the daily task does."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from backend.common.clock import database_now
from backend.retention.services import retention_run


class Command(BaseCommand):
    """Works as the application; it says how many of each kind, and names nobody."""

    help = "Forget what is past the period of a school's rules and is not held as evidence."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how long it may last, and whether it only counts."""
        parser.add_argument("--dry-run", action="store_true", help="change nothing, say how many would go")
        parser.add_argument("--seconds", type=float, default=3600, help="begin nothing more after so long")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run, and say what was forgotten."""
        is_dry: bool = options["dry_run"]
        done = retention_run(now=database_now(), seconds=options["seconds"], is_dry=is_dry)
        words = "would be forgotten" if is_dry else "forgotten"
        for what, count in sorted(done.items()):
            self.stdout.write(f"{what.value}: {count} {words}")
        if not done:
            self.stdout.write("Nothing is past its period.")
