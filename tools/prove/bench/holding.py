"""Disturbances of the engine by other connections: locked tickets, dead index entries, a snapshot nobody lets go."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

LOCK = """
SELECT id FROM workflow_ticket WHERE id IN (SELECT subject_id FROM deadlines_timer WHERE id = ANY(%s))
FOR NO KEY UPDATE
"""
# As after a busy day: the entries stand where the next sweep begins to read.
DEAD = """
CREATE TEMPORARY TABLE dead ON COMMIT DROP AS SELECT * FROM deadlines_timer WHERE armed LIMIT %s;
UPDATE dead SET id = nextval(pg_get_serial_sequence('deadlines_timer', 'id')), target = 'dead-' || id,
    due_at = now() - interval '1 day', next_try_at = now() - interval '1 day', ladder = ARRAY[now() - interval '1 day'];
INSERT INTO deadlines_timer SELECT * FROM dead;
DELETE FROM deadlines_timer WHERE id IN (SELECT id FROM dead)
"""


@contextmanager
def locked_tickets(url: str, timers: list[int]) -> Iterator[None]:
    """Hold the locks of these timers' tickets, as somebody's action would, until the block ends."""
    with psycopg.connect(url) as connection:
        connection.execute(LOCK, [timers])
        yield
        connection.rollback()


@contextmanager
def snapshot(url: str) -> Iterator[None]:
    """Hold a snapshot, as a long report or backup would, so that no dead entry can be cleared away meanwhile."""
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SELECT count(*) FROM deadlines_timer WHERE false")
        yield
        connection.rollback()


def leave_dead_entries(url: str, count: int) -> None:
    """Leave so many dead entries at the head of the index that sweeps read."""
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")  # no foreign key needs looking at
        connection.execute(DEAD, [count])


def clear_dead_entries(url: str) -> None:
    """Have dead entries cleared away and tables looked at, as autovacuum does in its own time."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) deadlines_timer, workflow_ticket, workflow_ticketevent")
