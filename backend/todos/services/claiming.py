"""Taking what is due to be sent: one claim for several systems, each of which one worker has to itself for a while."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from backend.common.sql.statements import RowQuery, prepared_cursor
from backend.organisation.models import School
from backend.todos.models import PushedTodo, TodoSystem

LEASE = timedelta(minutes=2)
SYSTEMS_AT_ONCE = 10
TODOS_AT_ONCE = 50
"""Of each system; what a slow one leaves undone is given back long before the lease ends."""
# The systems are chosen by what waits longest, and one that another worker has just taken is passed over.
LEASE_SYSTEMS = """
WITH due AS MATERIALIZED (
    SELECT system.id FROM todos_todosystem AS system
    CROSS JOIN LATERAL (
        SELECT waiting.next_attempt_at FROM todos_pushedtodo AS waiting
        WHERE waiting.system_id = system.id AND waiting.next_attempt_at <= %(now)s
        ORDER BY waiting.next_attempt_at LIMIT 1
    ) AS oldest
    WHERE system.is_on AND (system.rests_until IS NULL OR system.rests_until <= %(now)s)
      AND (system.leased_until IS NULL OR system.leased_until <= %(now)s)
    ORDER BY oldest.next_attempt_at LIMIT %(systems)s
    FOR NO KEY UPDATE OF system SKIP LOCKED
)
UPDATE todos_todosystem AS system SET leased_until = %(until)s FROM due WHERE system.id = due.id RETURNING system.id
"""
LEASE_TODOS = """
WITH due AS MATERIALIZED (
    SELECT first.id, first.is_tried FROM unnest(%(ids)s::uuid[]) AS chosen (system_id)
    CROSS JOIN LATERAL (
        SELECT waiting.id, waiting.is_tried FROM todos_pushedtodo AS waiting
        WHERE waiting.system_id = chosen.system_id AND waiting.next_attempt_at <= %(now)s
        ORDER BY waiting.next_attempt_at, waiting.id LIMIT %(todos)s
    ) AS first
)
UPDATE todos_pushedtodo AS todo
SET attempts = least(todo.attempts + 1, 1000), next_attempt_at = %(until)s, is_tried = true
FROM due WHERE todo.id = due.id RETURNING todo.id, due.is_tried
"""
LEASED = RowQuery(
    """
    FROM todos_pushedtodo AS todo
    JOIN todos_todosystem AS system ON system.id = todo.system_id
    JOIN organisation_school AS school ON school.id = system.school_id
    WHERE todo.id = ANY(%s) ORDER BY todo.system_id, todo.id
    """,
    todo=PushedTodo,
    system=TodoSystem,
    school=School,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A system with what is due there, and whether there may be more."""

    system: TodoSystem
    rows: Sequence[PushedTodo]

    @property
    def is_full(self) -> bool:
        """Whether as much was taken as is taken at once."""
        return len(self.rows) >= TODOS_AT_ONCE


@transaction.atomic
def todos_claim(*, now: datetime) -> list[Claim]:
    """Lease what is due, up to ten systems with fifty to-dos each; three statements, however many these are.

    A try is counted before it is made, so that one that kills its worker is given up one day too. `is_tried` of what is
    returned is as it was before.
    """
    until = now + LEASE
    with prepared_cursor() as cursor:
        cursor.execute(LEASE_SYSTEMS, {"now": now, "until": until, "systems": SYSTEMS_AT_ONCE})
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return []
        cursor.execute(LEASE_TODOS, {"ids": ids, "now": now, "until": until, "todos": TODOS_AT_ONCE})
        tried: dict[int, bool] = dict(cursor.fetchall())
    found: dict[UUID, tuple[TodoSystem, list[PushedTodo]]] = {}
    for row in LEASED.rows([list(tried)]):
        todo, system = row["todo"], row["system"]
        system.school, todo.is_tried = row["school"], tried[todo.id]
        found.setdefault(system.id, (system, []))[1].append(todo)
    return [Claim(system, rows) for system, rows in found.values()]
