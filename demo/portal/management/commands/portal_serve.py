"""Serving the portal."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.core.wsgi import get_wsgi_application

from demo.portal.people import people_enter
from demo.portal.serving import serve


class Command(BaseCommand):
    """Makes the tables, enters the people, and serves until the process is ended."""

    help = "Serve the portal of the school that the folder's portal.json describes."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Serve."""
        call_command("migrate", run_syncdb=True, verbosity=0)
        people_enter()
        serve(get_wsgi_application())
