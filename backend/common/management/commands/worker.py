"""The process that carries out tasks: Celery's worker, its tasks in threads of one process."""

import sys
import warnings
from typing import Any

from celery import current_app
from celery.exceptions import SecurityWarning
from django.core.management.base import BaseCommand, CommandParser

from backend.common.time_limits import TimeLimits


class Command(BaseCommand):
    """Works until SIGTERM or SIGINT, and finishes what it has begun; any number may run at once.

    Tasks wait for the database and for other servers. Processes of their own cost the memory of the whole product each.
    """

    help = "Carry out tasks until told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the queues to work on and how many tasks run at once."""
        parser.add_argument("--queues", required=True, help="separated by commas")
        parser.add_argument("--concurrency", type=int, default=2)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the worker; the process ends as it does."""
        # `make run` works as root, too; Compose does not run as root.
        warnings.simplefilter("ignore", SecurityWarning)
        worker = current_app.Worker(
            pool="threads",
            queues=options["queues"],
            concurrency=options["concurrency"],
            without_gossip=True,
            without_mingle=True,
            quiet=True,
        )
        TimeLimits(seconds=current_app.conf.task_time_limit).watch()
        worker.start()
        sys.exit(worker.exitcode)
