"""Erasing the words of a published bulletin, as the owner of the tables."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.common.errors import NotFound
from backend.insights.services.bulletins import bulletin_words_erase


class Command(BaseCommand):
    """Erases what somebody wrote into a bulletin; its numbers stay, and that it was done."""

    help = "Erase the words of a published bulletin. Each of its versions is one of its own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the bulletin."""
        parser.add_argument("--bulletin", required=True, type=UUID, metavar="ID", help="as its address names it")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Erase, and say so."""
        try:
            bulletin_words_erase(bulletin_id=options["bulletin"], now=database_now())
        except NotFound:
            raise CommandError("There is no such bulletin.") from None
        self.stdout.write("Erased the words of the bulletin.")
