"""PostgreSQL: a backend killed, the server killed, a long transaction, every connection taken."""

import contextlib
import os
import random
import signal
import time
from uuid import UUID

import psycopg

from tools.prove.chaos.faults.base import Fault
from tools.prove.demo.clients import Person
from tools.run.postgres import APPLICATION

KILLS = 2
MOST_CONNECTIONS = 500
OBJECTIVE_SECONDS = 5.0
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE usename = %(role)s AND backend_type = 'client backend'"
LOCKED_TICKETS = 5
CLIMBED = "SELECT count(*) FROM workflow_ticket WHERE id = ANY(%(locked)s) AND level > 0"
WORST_OF_OTHERS = """
SELECT coalesce(max(extract(epoch FROM fired.fired_at - greatest(fired.due_at, timer.started_at))), 0)
FROM deadlines_escalation AS fired JOIN deadlines_timer AS timer ON timer.id = fired.timer_id
WHERE fired.fired_at BETWEEN %(since)s AND %(until)s AND NOT timer.subject_id = ANY(%(locked)s)
"""


class BackendKilled(Fault):
    """SIGKILL of one server process, upon which PostgreSQL ends all others and recovers as after a crash."""

    name = "database-backend"

    def inject(self) -> None:
        """Kill a random backend of the application."""
        for _ in range(1 if self.is_small else KILLS):
            pids = [row[0] for row in self.target.rows(BACKENDS, role=APPLICATION)]
            os.kill(random.choice(pids), signal.SIGKILL)  # noqa: S311 - no secret
            self.injected += 1
            time.sleep(3)


class ServerKilled(Fault):
    """SIGKILL of the whole server, which is started again and recovers."""

    name = "database-restart"

    def inject(self) -> None:
        """Kill the postmaster."""
        for _ in range(1 if self.is_small else KILLS):
            self.target.kill("database")
            self.injected += 1
            time.sleep(3)


class LongTransaction(Fault):
    """A transaction sits there with its snapshot and the locks of open tickets; all others must fire in time."""

    name = "long-transaction"
    hold_seconds = 15.0

    def inject(self) -> None:
        """File tickets and lock them before their first clock is due."""
        person = Person.like(self.load.teachers[0])
        self.locked = [UUID(sent.ticket) for _ in range(LOCKED_TICKETS) if (sent := self.load.file(person))]
        self.connection = psycopg.connect(self.target.postgres.url("postgres"))
        self.connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self.connection.execute("SELECT id FROM workflow_ticket WHERE id = ANY(%s) FOR UPDATE", [self.locked])
        self.since = self.target.now()
        self.injected += 1

    def heal(self) -> None:
        """Give the locks back, and see how long the others waited meanwhile."""
        found = self.target.rows(WORST_OF_OTHERS, since=self.since, until=self.target.now(), locked=self.locked)
        self.connection.rollback()
        self.connection.close()
        if (worst := float(found[0][0])) > OBJECTIVE_SECONDS:
            self.breaks.append(f"tickets nobody had locked waited {worst:.1f} s for those that were")

    def is_over(self) -> bool:
        """Say whether every ticket that was locked has climbed."""
        return bool(self.target.rows(CLIMBED, locked=self.locked)[0][0] == len(self.locked))


class PoolExhausted(Fault):
    """Every connection of the application's role is taken by somebody else."""

    name = "pool-exhausted"
    hold_seconds = 10.0

    def inject(self) -> None:
        """Connect until the server refuses, and again whenever a place becomes free at the start."""
        self.connections: list[psycopg.Connection] = []
        with contextlib.suppress(psycopg.OperationalError):
            while len(self.connections) < MOST_CONNECTIONS:
                self.connections.append(psycopg.connect(self.target.postgres.url(APPLICATION), connect_timeout=3))
        self.injected += 1

    def heal(self) -> None:
        """Hang up."""
        for connection in self.connections:
            connection.close()
