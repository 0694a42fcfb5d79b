"""Django's `migrate`, after which the application's role may with each table what the written grants say."""

from typing import Any

from django.core.management import call_command
from django.core.management.commands.migrate import Command as Migrate

from backend.common.sql.refusals import RefusalAutodetector

LEAVE_TABLES_ALONE = ("app_label", "plan", "check_unapplied", "prune")


class Command(Migrate):
    """Migrates; a run to the newest tables ends with `grants_apply`."""

    autodetector = RefusalAutodetector

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Migrate, then grant."""
        super().handle(*arguments, **options)
        if not any(options[name] for name in LEAVE_TABLES_ALONE):
            call_command("grants_apply", verbosity=options["verbosity"])
