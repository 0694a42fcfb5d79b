"""Sealing what strictly confidential tickets say that were filed before words were sealed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.common.sealed.keys import keys_claim
from backend.workflow.services.sealing import contents_seal


class Command(BaseCommand):
    """Takes one ticket at a time, each in a transaction of its own; stopped, it goes on where it was."""

    help = "Seal every word of the tickets of class K2 that stands in clear. Repeated, it finds nothing to do."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Seal, and say how many; fail where there were any that could not be opened."""
        keys_claim()
        done = contents_seal(now=database_now())
        self.stdout.write(
            f"{done.looked_at} tickets of class K2, of which {done.sealed} had words in clear and got sealed."
        )
        if done.locked:
            raise CommandError(f"{done.locked} could not be opened; the log names the keys. The others are sealed.")
