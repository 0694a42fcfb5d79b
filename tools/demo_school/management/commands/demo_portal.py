"""Connect the portal of `make portal` with the demo school."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.common.clock import database_now
from backend.common.errors import DomainError
from backend.duty.selectors import actors_of
from backend.organisation.models import Person
from tools.demo_school.portal import PortalAway, portal_connect
from tools.demo_school.portal_folder import Portal, school_of


class Command(BaseCommand):
    """Connect it as the school's administrator would; a second time nothing changes. Only where DEMO is set."""

    help = __doc__ or ""
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the portal's folder, the file of its school, and its ports."""
        parser.add_argument("--folder", type=Path, required=True)
        parser.add_argument("--school", type=Path, required=True)
        parser.add_argument("--people-port", type=int, required=True)
        parser.add_argument("--programs-port", type=int, required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Find the administrator in the school's file, and connect."""
        if not settings.DEMO:
            raise CommandError("This installation is not a demo. Set DEMO=1 to connect its portal.")
        school = school_of(yaml.safe_load(options["school"].read_text(encoding="utf-8")))
        number = next(row["number"] for row in school.staff if row["administers"])
        person = Person.objects.get(school__code=school.code, staff_number=number)
        actor = actors_of(person_ids=[person.id])[person.id]
        portal = Portal(options["people_port"], options["programs_port"])
        try:
            is_new = portal_connect(actor=actor, portal=portal, folder=options["folder"], now=database_now())
        except (DomainError, PortalAway) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("connected" if is_new else "connected already")
