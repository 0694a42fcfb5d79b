"""An operator's word that the clock is right: deadlines may fire again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backend.common.clock import database_now
from backend.deadlines.services import firing_hold_release


class Command(BaseCommand):
    help = "Release a hold on firing. First check that the database's clock is right: it cannot be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name of the person who answers for it."""
        parser.add_argument("--by", required=True, help="who releases it, for the record")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Release every open hold and say how many there were."""
        released = firing_hold_release(released_by=options["by"], now=database_now())
        self.stdout.write(f"{released} hold(s) released." if released else "Nothing was held.")
