"""Asking the witnesses for their word on the newest checkpoint, at once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.notary.services.cosigning import cosignatures_ask


class Command(BaseCommand):
    """Asks those that WITNESSES names, as a worker does every minute, and says what they answered."""

    help = "Have the witnesses that WITNESSES names cosign the newest checkpoint of the ledger."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Ask, and say what went wrong."""
        if not settings.WITNESSES:
            raise CommandError("WITNESSES names no witness.")
        wrong = cosignatures_ask()
        for address, why in wrong.items():
            self.stderr.write(f"{address}: {why}")
        if wrong:
            raise CommandError(f"{len(wrong)} of {len(settings.WITNESSES)} witnesses did not cosign.")
        self.stdout.write(f"{len(settings.WITNESSES)} witnesses have cosigned the newest checkpoint.")
