"""Django's `migrate`, which also sees the triggers that models name."""

from django.core.management.commands.migrate import Command as Migrate

from backend.common.sql.refusals import RefusalAutodetector


class Command(Migrate):
    """Migrates, and says where a migration is missing."""

    autodetector = RefusalAutodetector
