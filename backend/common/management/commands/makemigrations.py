"""Django's `makemigrations`, which also sees the triggers that models name."""

from django.core.management.commands.makemigrations import Command as MakeMigrations

from backend.common.sql.refusals import RefusalAutodetector


class Command(MakeMigrations):
    """Writes what is missing of tables and triggers."""

    autodetector = RefusalAutodetector
