"""There are no superusers; say by which way the first administrator comes in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Refuse, whatever was asked for, and say what to do instead."""

    help = __doc__ or ""

    def run_from_argv(self, argv: list[str]) -> None:
        """Take any arguments, since what Django's own command knows is refused too."""
        super().run_from_argv(argv[:2])

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Refuse."""
        raise CommandError(
            "Allclear has no superusers: rights come from the posts that people hold at a school.\n"
            "For a new school run `manage.py setup_link` and open the link that it prints.\n"
            "At a school that stands, an administrator gives the post: Administration > People."
        )
