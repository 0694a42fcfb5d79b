"""Finding what differs from what stands in a system, and having it sent; nothing is sent here."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from backend.common.models import OutboxMessage
from backend.common.outbox import BATCH
from backend.common.publishing import wake
from backend.common.sql.statements import prepared_cursor
from backend.todos.models import TICKET, PushedTodo, TodoSystem
from backend.todos.selectors.boards import Board, boards_of, tickets_that_matter
from backend.todos.selectors.standing import beside_standing, rows_about
from backend.todos.selectors.subjects import About, Subject, beside_of, ids_by_kind, owed_on, subjects_of, wanted_by
from backend.todos.todo import State, Todo
from backend.workflow.owing import Sought

SEND = "todos.send"
MOST_BATCHES = 100
"""So many tickets, in batches, are looked at in one run: twenty thousand that matter at one school."""
# Another mark while a worker sends it is counted, so that what was sent is looked at again.
MARK = """
INSERT INTO todos_pushedtodo AS known
  (system_id, person_id, kind, {column}, known_as, remote_id, state, digest, refused, marks, is_tried, attempts,
   next_attempt_at, last_error, changed_at)
SELECT system_id, person_id, kind, one, known_as, '', 'none', '', '', 1, false, 0, %(now)s, '', %(now)s
FROM unnest(%(systems)s::uuid[], %(people)s::uuid[], %(kinds)s::text[], %(ones)s::uuid[], %(known_as)s::text[])
  AS wanted (system_id, person_id, kind, one, known_as)
ORDER BY system_id, person_id, one
ON CONFLICT (system_id, person_id, {column}) DO UPDATE
SET marks = known.marks + 1, next_attempt_at = least(known.next_attempt_at, excluded.next_attempt_at),
    attempts = CASE WHEN known.next_attempt_at IS NULL THEN 0 ELSE known.attempts END
"""
MARK_TICKETS, MARK_BESIDE = MARK.format(column="ticket_id"), MARK.format(column="subject")


@dataclass(frozen=True, slots=True)
class Difference:
    """A to-do of somebody that is not yet in a system as it ought to be."""

    system_id: UUID
    person_id: UUID
    about: About
    known_as: str


def tickets_look(messages: Sequence[OutboxMessage], now: datetime) -> None:
    """Look at the tickets that changed; where their schools have no system that costs one statement."""
    ticket_ids = {UUID(message.payload["ticket"]) for message in messages}
    systems = list(TodoSystem.objects.filter(is_on=True, school__tickets__in=ticket_ids).distinct())
    if systems:
        boards = boards_of(systems=systems, now=now)
        beside = beside_of(boards=boards, sought=Sought(ticket_ids=ticket_ids), now=now)
        _look(boards, _tickets(ticket_ids, boards, now) | beside, now)


def systems_look(*, now: datetime) -> int:
    """Look at everything that matters at each school with a system; return how many to-dos are to be sent anew.

    So what no ticket tells is followed too: a post that changed hands, a shift that began, a clock that was moved.
    """
    systems = TodoSystem.objects.filter(is_on=True).order_by("id")
    return sum(_look_all(board, now) for system in systems for board in boards_of(systems=[system], now=now))


def beside_look(*, now: datetime) -> int:
    """Look at all beside tickets at each school with a system; return how many to-dos are to be sent anew.

    A round that opened, was answered or excused is told by no ticket either, and does not wait for the other look.
    """
    systems = list(TodoSystem.objects.filter(is_on=True).order_by("id"))
    return sum(_look_beside(board, now) for board in (boards_of(systems=systems, now=now) if systems else ()))


def _look_all(board: Board, now: datetime) -> int:
    after, found = None, _look_beside(board, now)
    for _number in range(MOST_BATCHES):
        ticket_ids = tickets_that_matter(board=board, after=after, most=BATCH)
        if ticket_ids:
            found += _look([board], _tickets(ticket_ids, [board], now), now)
        if len(ticket_ids) < BATCH:
            break
        after = ticket_ids[-1]
    return found


def _look_beside(board: Board, now: datetime) -> int:
    """Look at all beside tickets that waits for somebody, and at what stands there as if it did."""
    standing = {row.about: row for row in beside_standing(board=board)}
    ids = ids_by_kind(standing)
    sought = {kind: Sought(waiting=True, ids=ids.get(kind, ())) for kind in settings.OWED_BESIDE_TICKETS}
    subjects: dict[About, Subject | None] = dict.fromkeys(standing)
    return _look([board], subjects | beside_of(boards=[board], sought=sought, now=now), now)


def _tickets(ticket_ids: Collection[UUID], boards: Sequence[Board], now: datetime) -> dict[About, Subject]:
    return subjects_of(abouts={(TICKET, ticket_id) for ticket_id in ticket_ids}, boards=boards, now=now)


@transaction.atomic
def _look(boards: Sequence[Board], subjects: Mapping[About, Subject | None], now: datetime) -> int:
    """Mark what differs on these things (None: it is not there any more), and wake whoever sends it."""
    standing: dict[tuple[UUID, About], list[PushedTodo]] = defaultdict(list)
    for row in rows_about(boards=boards, abouts=subjects):
        standing[row.system_id, row.about].append(row)
    found = [
        difference
        for board in boards
        for about, subject in subjects.items()
        for difference in _differences(board, subject, standing[board.system.id, about])
    ]
    if found:
        differences_mark(found, now)
    return len(found)


def _differences(board: Board, subject: Subject | None, rows: Sequence[PushedTodo]) -> Iterator[Difference]:
    is_here = subject is not None and subject.school.id == board.system.school_id
    owed = owed_on(board=board, subject=subject) if subject is not None and is_here else {}
    for row in rows:
        wanted = wanted_by(board=board, subject=subject, owed=owed, row=row)
        if is_to_be_sent(row=row, wanted=wanted):
            yield Difference(board.system.id, row.person_id, row.about, wanted.known_as)
    if subject is not None:
        for person_id in owed.keys() - {row.person_id for row in rows}:
            known_as = board.readers[person_id].known_as
            yield Difference(board.system.id, person_id, (subject.kind, subject.id), known_as)


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
    """Have these to-dos looked at by whoever sends: one statement for tickets, one for what is beside them."""
    tickets = [one for one in found if one.about[0] == TICKET]
    beside = [one for one in found if one.about[0] != TICKET]
    with prepared_cursor() as cursor:
        for statement, marked in ((MARK_TICKETS, tickets), (MARK_BESIDE, beside)):
            if marked:
                cursor.execute(statement, {**_columns(marked), "now": now})
    transaction.on_commit(partial(wake, SEND), robust=True)


def _columns(found: Sequence[Difference]) -> dict[str, list[Any]]:
    return {
        "systems": [one.system_id for one in found],
        "people": [one.person_id for one in found],
        "kinds": [one.about[0] for one in found],
        "ones": [one.about[1] for one in found],
        "known_as": [one.known_as for one in found],
    }
