"""Bring a school to what a configuration file says, or say what that would change."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.setup.configuration.applying import ConfigurationApplied, configuration_apply, configuration_preview
from backend.setup.configuration.comparing import Section, key_shown
from backend.setup.configuration.files import MAXIMUM_BYTES, configuration_read

MOST_SHOWN = 50


class Command(BaseCommand):
    """Write what is new and what differs, all of it or nothing; what the file leaves out is named and stays."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and whether to look only or to write."""
        parser.add_argument("file", type=Path)
        how = parser.add_mutually_exclusive_group(required=True)
        how.add_argument("--check", action="store_true", help="say what would change, and change nothing")
        how.add_argument("--apply", action="store_true", help="write it")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Say section by section what is new, what differs and what the file leaves out."""
        try:
            with options["file"].open("rb") as file:
                content = configuration_read(file.read(MAXIMUM_BYTES + 1))
            act = configuration_preview if options["check"] else configuration_apply
            done = act(content=content, now=database_now())
        except (DomainError, OSError) as error:
            raise CommandError(f"{error}\nNothing was changed.") from error
        self.stdout.write("\n".join(_told(done)))
        if options["check"]:
            self.stdout.write("Check only: nothing was changed.")


def _told(done: ConfigurationApplied) -> Iterator[str]:
    for section in done.sections.values():
        yield from _section_told(section)
    yield from (f"away: {key_shown(key)}: {said}" for key, said in done.away.items())
    if done.is_same:
        yield "The school is as the file says; there is nothing to do."
    if done.waiting:
        yield f"{done.waiting} changes wait until a second person has confirmed them."


def _section_told(section: Section) -> Iterator[str]:
    parts = (
        ("new", [key_shown(key) for key in section.new]),
        ("changed", [f"{key_shown(key)} ({', '.join(names)})" for key, names in section.changed.items()]),
        ("left out by the file, stays", [key_shown(key) for key in section.left_out]),
    )
    for words, rows in parts:
        if rows:
            yield f"{section.name}: {len(rows)} {words}"
            yield from (f"  {row}" for row in rows[:MOST_SHOWN])
            yield from [f"  … and {len(rows) - MOST_SHOWN} more"] if len(rows) > MOST_SHOWN else []
