"""The keys of what confidential tickets say: what there is, and wrapping all of them by another key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.sealed.folder import ContentsLocked, claim, folder, folder_begin, locked
from backend.common.sealed.keys import is_rewrapping, keys_count, keys_rewrap, wrapping_renew


class Command(BaseCommand):
    """Prints counts alone; no key leaves its file."""

    help = "Count the keys of confidential tickets. --rotate wraps all of them by a new key; stopped, it goes on."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whether to wrap them anew, or to go on in another folder."""
        parser.add_argument("--rotate", action="store_true", help="wrap every key by a new one, and drop the former")
        parser.add_argument(
            "--lost",
            action="store_true",
            help="the former folder is lost for good: seal from now on in the one there is",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do what is asked for, and count."""
        try:
            if options["lost"]:
                folder_begin()
            with locked():
                claim()
            if options["rotate"]:
                if not is_rewrapping():
                    wrapping_renew()
                self.stdout.write(f"{keys_rewrap()} wrapped anew.")
            kept, destroyed = keys_count()
        except (ContentsLocked, OSError, ValueError) as error:
            reason = " ".join(getattr(error, "__notes__", [str(error)]))
            raise CommandError(f"The keys in {folder()} cannot be read: {reason}") from error
        self.stdout.write(f"{folder()}: {kept} keys, {destroyed} destroyed.")
        if is_rewrapping():
            self.stdout.write("Some are wrapped by a former key: run --rotate again.")
