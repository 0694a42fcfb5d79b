"""Erasing the words of a bulletin or a draft, as the owner of the tables."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.insights.services.bulletins import bulletin_words_erase, draft_words_erase


class Command(BaseCommand):
    """Erases what somebody wrote into a bulletin; its numbers stay, and that it was done."""

    help = "Erase the words of a published bulletin, of which each version is one of its own, or of a draft."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the bulletin or the draft."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--bulletin", type=UUID, metavar="ID", help="as its address names it")
        which.add_argument("--draft", type=UUID, metavar="ID", help="as the list of drafts names it")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Erase, and say so."""
        try:
            if options["draft"]:
                draft_words_erase(draft_id=options["draft"])
            else:
                bulletin_words_erase(bulletin_id=options["bulletin"], now=database_now())
        except NotFound:
            raise CommandError("There is no such bulletin or draft.") from None
        self.stdout.write("Erased the words.")
