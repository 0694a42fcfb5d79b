"""Erasing what single events of a ticket say, as the owner of the tables."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.workflow.holding import EvidenceHeld
from backend.workflow.services.erasing import event_payloads_erase


class Command(BaseCommand):
    """Erases all or nothing; the chain keeps that, when and of which events something was erased."""

    help = "Erase what events of a ticket say; it stays on record which. Reports, messages and backups are not touched."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the ticket and its events."""
        parser.add_argument("--ticket", required=True, metavar="REFERENCE", help="the ticket's reference")
        parser.add_argument("--event", required=True, type=int, nargs="+", metavar="N", help="numbers of its events")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Erase, and say what."""
        reference: str = options["ticket"]
        sequences: list[int] = options["event"]
        listed = ", ".join(map(str, sequences))
        try:
            event_payloads_erase(reference=reference, sequences=sequences, now=database_now())
        except NotFound:
            raise CommandError(f"The ticket {reference} has no event {listed} with anything to erase.") from None
        except EvidenceHeld:
            raise CommandError(f"The ticket {reference} is kept as evidence; nothing of it is erased.") from None
        self.stdout.write(f"Erased what ticket {reference} says in event {listed}.")
