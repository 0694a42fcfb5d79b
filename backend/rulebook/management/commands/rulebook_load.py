"""Load a rulebook file, say what it changes, and take it into use at one school or at all."""

from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.organisation.models import School
from backend.rulebook.changes import changes_between
from backend.rulebook.countries import content_for
from backend.rulebook.files import RulebookFileError, rulebook_read
from backend.rulebook.findings import Finding
from backend.rulebook.models import RulebookVersion
from backend.rulebook.selectors import active_version_id, ruleset_get, school_by_code
from backend.rulebook.services import (
    RulebookReachesNobody,
    rulebook_activate,
    rulebook_activate_checked,
    rulebook_load,
)


class Command(BaseCommand):
    """Store the file as an immutable version; with --school, open that school's new tickets under it."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, the schools' codes and the country whose reports to authorities hold."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--school", action="append", default=[], help="code of a school; may be repeated")
        parser.add_argument("--country", default="", help="pack of outside clocks, such as US; without it, of none")
        parser.add_argument("--force", action="store_true", help="take it into use although a step reaches nobody")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check the file, and every school's code, before anything is stored."""
        try:
            content = content_for(content=rulebook_read(options["file"]), country=options["country"])
        except (RulebookFileError, OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        schools = [_school(code) for code in options["school"]]
        now = database_now()
        version, created = rulebook_load(content=content, now=now)
        self.stdout.write(f"{version}: {'loaded' if created else 'already loaded'}")
        for school in schools:
            self._show_changes(school, version)
            self._activate(school, version, now, force=options["force"])

    def _show_changes(self, school: School, version: RulebookVersion) -> None:
        in_use = active_version_id(school_id=school.id)
        if in_use is None:
            self.stdout.write(f"{school.code}: has no rulebook yet")
            return
        changes = changes_between(before=ruleset_get(in_use), after=ruleset_get(version.id))
        self.stdout.write(f"{school.code}: {len(changes)} changes against the version in use")
        self._list(changes)

    def _activate(self, school: School, version: RulebookVersion, now: datetime, *, force: bool) -> None:
        try:
            coverage = rulebook_activate_checked(school=school, version=version, now=now)
            self._list(f"warning: {line}" for line in _lines(coverage.warnings))
        except RulebookReachesNobody as error:
            self._list(_lines(error.coverage.findings))
            if not force:
                raise CommandError(f"{school.code}: not taken into use. {error} Or add --force.") from error
            rulebook_activate(school=school, version=version, now=now)
        self.stdout.write(f"{school.code}: new tickets open under {version}")

    def _list(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(f"  {line}")


def _school(code: str) -> School:
    school = school_by_code(code=code)
    if school is None:
        raise CommandError(f"There is no school with the code {code!r}.")
    return school


def _lines(findings: Iterable[Finding]) -> list[str]:
    return [line for finding in findings for line in (finding.text_zh, finding.text_en)]
