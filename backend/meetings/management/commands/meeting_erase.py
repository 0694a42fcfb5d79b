"""Erasing what a meeting says, as the owner of the tables."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.meetings.services import meeting_words_erase
from backend.workflow.holding import EvidenceHeld


class Command(BaseCommand):
    """Erases the words of a meeting, or those about one ticket on its agenda; that it was done stays."""

    help = "Erase what a meeting says. What was done about a ticket is erased from its events, with ledger_erase."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the meeting, and the ticket where only what is said about that is meant."""
        parser.add_argument("--meeting", required=True, type=UUID, metavar="ID", help="as its address names it")
        parser.add_argument("--ticket", metavar="REFERENCE", help="erase only what is said about this ticket")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Erase, and say what."""
        about = options["ticket"]
        try:
            meeting_words_erase(meeting_id=options["meeting"], reference=about, now=database_now())
        except NotFound:
            raise CommandError("There is no such meeting, or the ticket does not stand on its agenda.") from None
        except EvidenceHeld:
            raise CommandError(f"The ticket {about} is kept as evidence; nothing of it is erased.") from None
        self.stdout.write(f"Erased what the meeting says{f' about ticket {about}' if about else ''}.")
