"""The process that fires deadlines; run at least two of them, anywhere."""

import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backend.deadlines.services.auditing import LagAuditor
from backend.deadlines.services.engine import Engine


class Command(BaseCommand):
    help = "Fire deadlines until told to stop (SIGTERM or SIGINT). Every process needs a name of its own."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name under which this process gives its signs of life."""
        parser.add_argument("--name", required=True)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Sweep until a signal asks to stop, watched by an auditor; the batch in hand is finished first."""
        stop = threading.Event()

        def ask_to_stop(_signum: int, _frame: FrameType | None) -> None:
            stop.set()

        signal.signal(signal.SIGTERM, ask_to_stop)
        signal.signal(signal.SIGINT, ask_to_stop)
        auditor = threading.Thread(target=LagAuditor().run, kwargs={"stop": stop}, name="auditor", daemon=True)
        auditor.start()
        Engine(name=options["name"]).run(stop=stop)
        auditor.join()
