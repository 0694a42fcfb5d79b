"""The command that counts every ticket anew for the figures."""

from typing import Any

from django.core.management.base import BaseCommand

from backend.common.clock import database_now
from backend.insights.services.counting import all_count


class Command(BaseCommand):
    """Forgets all that figures are made from and makes it anew from tickets and ledger."""

    help = "Count every ticket anew for the figures; the result is what counting change by change arrives at."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Count, and say how many."""
        self.stdout.write(f"{all_count(now=database_now())} tickets counted.")
