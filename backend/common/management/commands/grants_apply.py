"""Giving the application's role what the written table of grants says, and nothing else."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from backend.common.grants import GrantsRefusedError, grants_apply


class Command(BaseCommand):
    """Runs as the owner of the tables, after every migration; a table that nobody named is an error."""

    help = "Grant the application's role (APPLICATION_ROLE) what backend/config/grants.py says; `migrate` does so too."
    requires_system_checks = []

    def handle(self, *_args: Any, **options: Any) -> None:
        """Grant, and say to whom."""
        role: str = settings.APPLICATION_ROLE
        try:
            is_lesser = grants_apply(role=role, grants=settings.GRANTS)
        except GrantsRefusedError as problem:
            raise CommandError(str(problem)) from None
        for makes in settings.DATABASE_FUNCTIONS:
            import_string(makes)(role=role)
        if not options["verbosity"]:
            return
        if is_lesser:
            self.stdout.write(f"{role} may now do what is written for {len(settings.GRANTS)} tables, and nothing else.")
        else:
            self.stdout.write(f"{role} owns the tables: it may do everything, and no grant protects the records.")
