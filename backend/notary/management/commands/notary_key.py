"""The notary's key: what to hand to witnesses and verifiers, and making another."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.notary.folder import KeyRefused, key_read
from backend.notary.notes import NoteRefused
from backend.notary.services.signing import key_renew


class Command(BaseCommand):
    """Prints the public key; the secret one stays in its file."""

    help = "Print the notary's public key. --new makes another key; with --name, after restoring a backup, a new log."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether to make another."""
        parser.add_argument("--new", action="store_true", help="put the present key aside and make another")
        parser.add_argument("--name", help="name of the log under the new key, without blanks and +")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the line."""
        try:
            folder = Path(settings.NOTARY_FOLDER)
            key = key_renew(name=options["name"]) if options["new"] else key_read(folder)
        except (KeyRefused, NoteRefused) as error:
            raise CommandError(str(error)) from error
        if key is None:
            raise CommandError(f"There is no key in {folder} yet; the notary makes it when it first signs.")
        self.stdout.write(str(key.verifier()))
