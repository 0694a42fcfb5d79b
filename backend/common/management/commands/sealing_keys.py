"""The keys of what confidential tickets say: what there is, and wrapping all of them by another key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.sealed.keys import ContentsLocked, folder, is_rewrapping, keys_count, keys_rewrap, wrapping_renew


class Command(BaseCommand):
    """Prints counts alone; no key leaves its file."""

    help = "Count the keys of confidential tickets. --rotate wraps all of them by a new key; stopped, it goes on."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whether to wrap them anew."""
        parser.add_argument("--rotate", action="store_true", help="wrap every key by a new one, and drop the former")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Wrap, where that is asked for, and count."""
        try:
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
