"""Finding what differs from what stands in a system, and having it sent; nothing is sent here."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from backend.common.models import OutboxMessage
from backend.common.outbox import BATCH
from backend.common.publishing import wake
from backend.common.sql.statements import prepared_cursor
from backend.todos.models import PushedTodo, TodoSystem
from backend.todos.selectors.boards import (
    Board,
    Matter,
    boards_of,
    matters_of,
    owed_on,
    tickets_that_matter,
    wanted_of,
)
from backend.todos.todo import State, Todo

SEND = "todos.send"
MOST_BATCHES = 100
"""So many tickets, in batches, are looked at in one run: twenty thousand that matter at one school."""
# Another mark while a worker sends it is counted, so that what was sent is looked at again.
MARK = """
INSERT INTO todos_pushedtodo AS known
  (system_id, person_id, ticket_id, known_as, remote_id, state, digest, refused, marks, is_tried, attempts,
   next_attempt_at, last_error, changed_at)
SELECT system_id, person_id, ticket_id, known_as, '', 'none', '', '', 1, false, 0, %(now)s, '', %(now)s
FROM unnest(%(systems)s::uuid[], %(people)s::uuid[], %(tickets)s::uuid[], %(known_as)s::text[])
  AS wanted (system_id, person_id, ticket_id, known_as)
ORDER BY system_id, person_id, ticket_id
ON CONFLICT (system_id, person_id, ticket_id) DO UPDATE
SET marks = known.marks + 1, next_attempt_at = least(known.next_attempt_at, excluded.next_attempt_at),
    attempts = CASE WHEN known.next_attempt_at IS NULL THEN 0 ELSE known.attempts END
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A to-do of somebody that is not yet in a system as it ought to be."""

    system_id: UUID
    person_id: UUID
    ticket_id: UUID
    known_as: str


def tickets_look(messages: Sequence[OutboxMessage], now: datetime) -> None:
    """Look at the tickets that changed; where their schools have no system that costs one statement."""
    ticket_ids = {UUID(message.payload["ticket"]) for message in messages}
    systems = list(TodoSystem.objects.filter(is_on=True, school__tickets__in=ticket_ids).distinct())
    if systems:
        _look(boards_of(systems=systems, now=now), ticket_ids, now)


def systems_look(*, now: datetime) -> int:
    """Look at everything that matters at each school with a system; return how many to-dos are to be sent anew.

    So what no ticket tells is followed too: a post that changed hands, a shift that began, a clock that was moved.
    """
    systems = TodoSystem.objects.filter(is_on=True).order_by("id")
    return sum(_look_all(board, now) for system in systems for board in boards_of(systems=[system], now=now))


def _look_all(board: Board, now: datetime) -> int:
    after, found = None, 0
    for _number in range(MOST_BATCHES):
        ticket_ids = tickets_that_matter(board=board, after=after, most=BATCH)
        if ticket_ids:
            found += _look([board], ticket_ids, now)
        if len(ticket_ids) < BATCH:
            break
        after = ticket_ids[-1]
    return found


@transaction.atomic
def _look(boards: Sequence[Board], ticket_ids: Collection[UUID], now: datetime) -> int:
    """Mark what differs on these tickets, and wake whoever sends it."""
    matters = matters_of(ticket_ids=ticket_ids, boards=boards, now=now)
    standing: dict[tuple[UUID, UUID], list[PushedTodo]] = defaultdict(list)
    for row in PushedTodo.objects.filter(system__in=[board.system.id for board in boards], ticket__in=ticket_ids):
        standing[row.system_id, row.ticket_id].append(row)
    found = [
        difference
        for board in boards
        for matter in matters.values()
        if matter.ticket.school_id == board.system.school_id
        for difference in _differences(board, matter, standing[board.system.id, matter.ticket.id])
    ]
    if found:
        differences_mark(found, now)
    return len(found)


def _differences(board: Board, matter: Matter, rows: Sequence[PushedTodo]) -> Iterator[Difference]:
    owed = owed_on(board=board, matter=matter)
    standing = {row.person_id: row for row in rows}
    for person_id in owed.keys() | standing.keys():
        row = standing.get(person_id)
        wanted = wanted_of(
            board=board,
            matter=matter,
            person_id=person_id,
            owed=owed.get(person_id),
            known_as=row.known_as if row else "",
        )
        if row is None or is_to_be_sent(row=row, wanted=wanted):
            yield Difference(board.system.id, person_id, matter.ticket.id, wanted.known_as)


def is_to_be_sent(*, row: PushedTodo, wanted: Todo) -> bool:
    """Say whether what is wanted is not what stands there, or that is not known; what was refused is not sent again."""
    if wanted.digest == row.refused:
        return False
    if wanted.state is not State.OPEN and row.state == State.NONE:
        return row.is_tried
    if wanted.state is not State.OPEN and row.state == State.GONE:
        return not row.digest
    return row.digest != wanted.digest


def differences_mark(found: Sequence[Difference], now: datetime) -> None:
    """Have these to-dos looked at by whoever sends, in one statement."""
    columns: dict[str, list[Any]] = {
        "systems": [one.system_id for one in found],
        "people": [one.person_id for one in found],
        "tickets": [one.ticket_id for one in found],
        "known_as": [one.known_as for one in found],
    }
    with prepared_cursor() as cursor:
        cursor.execute(MARK, {**columns, "now": now})
    transaction.on_commit(partial(wake, SEND), robust=True)
