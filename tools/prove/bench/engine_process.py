"""A process with Django set up that lays timers and sweeps them with the project's own engine.

`python -m tools.prove.bench.engine_process`: it reads and answers orders as `tools.prove.bench.django_process` does.
"""

import os
import statistics
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tools.prove.bench.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 - after setup
from django.test.utils import CaptureQueriesContext  # noqa: E402

from backend.common.clock import database_now  # noqa: E402
from backend.deadlines.models import Timer  # noqa: E402
from backend.deadlines.services import TimerDraft, fire_due, firing, timers_arm, timers_stop  # noqa: E402
from backend.workflow.models import Ticket  # noqa: E402
from tools.prove.bench.django_process import Hands, buffers_of  # noqa: E402
from tools.prove.bench.parts import answer_orders  # noqa: E402

NEXT_RUNG = timedelta(days=1)
CHUNK = 2000
FIRST = UUID(int=0)
ROWS_READ = """
SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables
WHERE relname ~ '^(deadlines|workflow)_'
"""


class EngineHands(Hands):
    """The orders that the bench gives to a database full of armed timers."""

    def __init__(self) -> None:
        super().__init__()
        self.sampled: list[UUID] = []
        self.last_ticket = FIRST
        self.laid = 0

    def clocks(self) -> list[int]:
        """Return how many tickets are open and how many timers are armed."""
        return [Ticket.objects.exclude(state="closed").count(), Timer.objects.filter(armed=True).count()]

    def samples(self, username: str) -> int:
        """File and route one report of each sort, to be multiplied; return how many tickets there are."""
        count = super().samples(username)
        self.sampled = list(Ticket.objects.values_list("id", flat=True))
        return count

    def stop_samples(self) -> None:
        """Stop the clocks of the tickets that were multiplied: what is due soon is what the bench lays."""
        for ticket_id in self.sampled:
            timers_stop(subject_kind="ticket", subject_id=ticket_id, clocks=None, now=database_now(), reason="sample")

    def lay(self, count: int, due_in: float, step: float = 0) -> list[int]:
        """Arm so many timers, each on the next open ticket, due `due_in` seconds from now and `step` apart."""
        first = database_now() + timedelta(seconds=due_in)
        drafts = [
            self._draft(ticket_id, first + timedelta(seconds=number * step))
            for number, ticket_id in enumerate(self._next_tickets(count))
        ]
        early = first - timedelta(seconds=1)
        return [
            timer_id
            for start in range(0, count, CHUNK)
            for timer_id in timers_arm(drafts=drafts[start : start + CHUNK], now=early)
        ]

    def idle_sweeps(self, repeats: int) -> float:
        """Return the median milliseconds of a sweep that finds nothing due."""
        seconds = []
        for _ in range(repeats):
            now = database_now()
            began = time.perf_counter()
            summary = fire_due(now=now)
            seconds.append(time.perf_counter() - began)
            if summary.claimed:
                raise AssertionError("something was due")
        return statistics.median(seconds) * 1000

    def sweep_buffers(self) -> int:
        """Return how many 8 KiB buffers a sweep touches that finds nothing due."""
        statements: list[tuple[str, Any]] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            statements.append((sql, params))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            fire_due(now=database_now())
        with transaction.atomic(), connection.cursor() as cursor:
            touched = 0
            for sql, params in statements:
                if sql.lstrip().startswith(("SELECT", "WITH")):
                    touched += buffers_of(sql, params)
                else:
                    cursor.execute(sql, params)
        return touched

    def drain(self, batch: int = firing.BATCH_TIMERS) -> dict[str, float]:
        """Fire what is due in batches of this size, at most 100; return how many were fired and the seconds it took."""
        usual, firing.BATCH_TIMERS = firing.BATCH_TIMERS, batch
        try:
            now = database_now()
            began = time.perf_counter()
            summary = fire_due(now=now)
            return {"fired": summary.fired, "seconds": time.perf_counter() - began}
        finally:
            firing.BATCH_TIMERS = usual

    def statements_of_drain(self) -> dict[str, int]:
        """Fire what is due; return how many were fired and by how many statements, BEGIN and COMMIT among them."""
        with CaptureQueriesContext(connection) as captured:
            summary = fire_due(now=database_now())
        return {"fired": summary.fired, "statements": len(captured)}

    def rows_read(self) -> int:
        """Return how many rows of timers, escalations, tickets and ledger the database has read until now."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")
            cursor.execute(ROWS_READ)
            return int(cursor.fetchone()[0])

    def _next_tickets(self, count: int) -> list[UUID]:
        """Return open tickets in the order of their ids, going on behind the last one returned, round and round."""
        is_open = Ticket.objects.exclude(state="closed").order_by("id").values_list("id", flat=True)
        chosen: list[UUID] = []
        while len(chosen) < count:
            more = list(is_open.filter(id__gt=self.last_ticket)[: count - len(chosen)])
            self.last_ticket = more[-1] if more else FIRST
            chosen += more
        return chosen

    def _draft(self, ticket_id: UUID, due_at: datetime) -> TimerDraft:
        """Return a timer to arm, told from all others on its ticket by its target."""
        self.laid += 1
        ladder = (due_at, due_at + NEXT_RUNG)
        return TimerDraft("ticket", ticket_id, "acknowledge", ladder, None, target=str(UUID(int=self.laid)))


if __name__ == "__main__":
    answer_orders(EngineHands())
