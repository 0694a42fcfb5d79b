"""Check that every step of a rulebook reaches somebody at a school over the coming weeks; else exit with 1."""

import time
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.organisation.models import School
from backend.rulebook.countries import content_for
from backend.rulebook.files import RulebookFileError, rulebook_read
from backend.rulebook.findings import Finding
from backend.rulebook.reading import ruleset_from_content
from backend.rulebook.ruleset import Ruleset
from backend.rulebook.selectors import (
    DAYS_AHEAD,
    MOST_DAYS,
    active_version_id,
    coverage_get,
    ruleset_get,
    school_by_code,
)


class Command(BaseCommand):
    """List where and why nobody would be reached, and as warnings what rests on one person alone."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the school, how far to look ahead, and a file to check instead of the version in use."""
        parser.add_argument("--school", required=True, help="code of the school")
        parser.add_argument("--days", type=int, default=DAYS_AHEAD, help=f"how far ahead, from 1 to {MOST_DAYS}")
        parser.add_argument("--rulebook", type=Path, help="a rulebook file instead of the version in use")
        parser.add_argument("--country", default="", help="pack of outside clocks of that file, such as US")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print what was found in both languages and how long it took."""
        if not 1 <= options["days"] <= MOST_DAYS:
            raise CommandError(f"--days is a number from 1 to {MOST_DAYS}.")
        school = school_by_code(code=options["school"])
        if school is None:
            raise CommandError(f"There is no school with the code {options['school']!r}.")
        ruleset = _ruleset(school, options["rulebook"], options["country"])
        started = time.monotonic()
        coverage = coverage_get(school=school, ruleset=ruleset, since=database_now(), days=options["days"])
        seconds = time.monotonic() - started
        self._list("NOBODY", coverage.findings)
        self._list("warning", coverage.warnings)
        counts = f"{len(coverage.findings)} findings, {len(coverage.warnings)} warnings"
        self.stdout.write(f"{school.code}: {counts} in {options['days']} days; checked in {seconds:.1f} s")
        if coverage.findings:
            raise CommandError(f"{school.code}: not everything has somebody who answers for it.")

    def _list(self, mark: str, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.stdout.write(f"{mark}: {finding.text_zh}\n{' ' * len(mark)}  {finding.text_en}")


def _ruleset(school: School, file: Path | None, country: str) -> Ruleset:
    if file is None:
        version_id = active_version_id(school_id=school.id)
        if version_id is None:
            raise CommandError(f"{school.code} has no rulebook in use; name a file with --rulebook.")
        return ruleset_get(version_id)
    try:
        return ruleset_from_content(content_for(content=rulebook_read(file), country=country))
    except (RulebookFileError, OSError, ValueError) as error:
        raise CommandError(str(error)) from error
