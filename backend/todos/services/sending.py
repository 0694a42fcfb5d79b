"""Sending what differs: decided anew at this instant, outside any transaction, and noted for all at once."""

import json
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from backend.common.clock import database_now
from backend.common.faults import fault_point
from backend.common.outgoing import NotTaken
from backend.common.publishing import wake
from backend.common.retrying import MOST_TRIES, pause_after
from backend.common.sql.statements import RowUpdate, Write, write
from backend.todos.adapters import Adapter, adapter_of
from backend.todos.models import LONGEST_ERROR, PushedTodo, TodoSystem
from backend.todos.refusals import LONGEST_REST, Away, Limited, NotThere
from backend.todos.selectors.boards import boards_of
from backend.todos.selectors.subjects import subjects_of, wanted_now
from backend.todos.services.claiming import Claim, todos_claim
from backend.todos.services.looking import SEND, is_to_be_sent
from backend.todos.todo import State, Todo

logger = logging.getLogger(__name__)

BUDGET = 60.0
BUDGET_OF_CLAIM = 45.0
NEVER_HEARD = NotTaken("Nobody heard how the last try went.", is_permanent=True)
RESULTS = RowUpdate(TodoSystem, "leased_until", "rests_until", "failures", "last_error")
# What was marked while it was being sent is looked at again: only the same count of marks ends it.
NOTE = """
UPDATE todos_pushedtodo AS stored
SET known_as = change.known_as, remote_id = change.remote_id, state = change.state, digest = change.digest,
    refused = change.refused, is_tried = change.is_tried, attempts = change.attempts, last_error = change.last_error,
    changed_at = CASE WHEN stored.state = change.state AND stored.digest = change.digest THEN stored.changed_at
                      ELSE %s END,
    next_attempt_at = CASE WHEN stored.marks = change.marks THEN change.next_attempt_at ELSE %s END
FROM jsonb_to_recordset(%s::jsonb) AS change (
    id bigint, known_as text, remote_id text, state text, digest text, refused text, is_tried boolean,
    attempts smallint, last_error text, marks integer, next_attempt_at timestamptz
)
WHERE stored.id = change.id
"""
NOTED = (
    *("id", "known_as", "remote_id", "state", "digest", "refused", "is_tried"),
    *("attempts", "last_error", "marks", "next_attempt_at"),
)


@dataclass(frozen=True, slots=True)
class Sendable:
    """A to-do as it stands in its system, and as it is to be."""

    row: PushedTodo
    wanted: Todo


def todos_send(*, now: datetime) -> int:
    """Send what is due, at least once and always under the same source id; return how many requests were taken.

    What a system refuses is tried again for three days; while it is away, or asks to be left alone, all of it rests.
    """
    began, sent = time.monotonic(), 0
    while (passed := time.monotonic() - began) < BUDGET:
        at = now + timedelta(seconds=passed)
        claims = todos_claim(now=at)
        if not claims:
            return sent
        fault_point("todos.leased")
        sent += _send(claims, min(began + BUDGET, time.monotonic() + BUDGET_OF_CLAIM), at)
    wake(SEND)
    return sent


def _send(claims: Sequence[Claim], ends: float, now: datetime) -> int:
    boards = {board.system.id: board for board in boards_of(systems=[claim.system for claim in claims], now=now)}
    abouts = {row.about for claim in claims for row in claim.rows}
    subjects = subjects_of(abouts=abouts, boards=list(boards.values()), now=now)
    sent = 0
    for claim in claims:
        board = boards[claim.system.id]
        sendable = [Sendable(row, wanted_now(board=board, subjects=subjects, row=row)) for row in claim.rows]
        sent += Sending(claim.system, now).send(sendable, ends)
    fault_point("todos.sent")
    _note(claims, database_now())
    return sent


class Sending:
    """One system's turn: its to-dos one after the other, until it is away, wants a rest or the time is over."""

    def __init__(self, system: TodoSystem, now: datetime) -> None:
        self._system, self._now = system, now
        self._adapter: Adapter = adapter_of(system)
        system.leased_until = None

    def send(self, sendable: Sequence[Sendable], ends: float) -> int:
        """Send them and note on each row and on the system how that went; return how many requests were taken."""
        sent = 0
        for one in sendable:
            if time.monotonic() > ends or self._rests:
                self._give_back(one.row)
            elif one.row.attempts > MOST_TRIES:
                self._refused(one.row, one.wanted, NEVER_HEARD)
            else:
                sent += self._try(one.row, one.wanted)
        return sent

    @property
    def _rests(self) -> bool:
        return self._system.rests_until is not None and self._system.rests_until > self._now

    def _try(self, row: PushedTodo, wanted: Todo) -> int:
        try:
            sent = self._carry(row, wanted)
        except Limited as problem:
            self._rest(problem.rest, problem.reason)
            self._give_back(row)
        except Away as problem:
            self._system.failures = min(self._system.failures + 1, 1000)
            self._rest(min(pause_after(self._system.failures) or LONGEST_REST, LONGEST_REST), problem.reason)
            self._give_back(row)
        except NotTaken as problem:
            self._refused(row, wanted, problem)
        except Exception as error:
            logger.exception("To-do %d could not be sent", row.pk)
            self._refused(row, wanted, NotTaken(type(error).__name__))
        else:
            self._settled(row, sent)
            return sent
        return 0

    def _carry(self, row: PushedTodo, wanted: Todo) -> int:
        """Have what is wanted stand there, by one request or none; where somebody is called otherwise now, by two."""
        if not is_to_be_sent(row=row, wanted=wanted):
            return 0
        row.is_tried = True
        stands = row.state in {State.OPEN, State.DONE}
        if stands and row.known_as != wanted.known_as:
            self._gone(row, replace(wanted, known_as=row.known_as, state=State.GONE))
        if wanted.state is State.OPEN:
            row.remote_id = self._put(row, wanted)
            row.known_as, row.state, row.digest = wanted.known_as, State.OPEN, wanted.digest
        elif wanted.state is State.DONE and stands and row.state != State.GONE:
            self._adapter.finish(todo=wanted, remote_id=row.remote_id)
            row.state, row.digest = State.DONE, wanted.digest
        elif is_to_be_sent(row=row, wanted=wanted):
            self._gone(row, replace(wanted, known_as=row.known_as, state=State.GONE))
        return 1

    def _gone(self, row: PushedTodo, gone: Todo) -> None:
        self._adapter.remove(todo=gone, remote_id=row.remote_id)
        row.state, row.remote_id, row.digest = State.GONE, "", gone.digest

    def _put(self, row: PushedTodo, wanted: Todo) -> str:
        try:
            return self._adapter.put(todo=wanted, remote_id=row.remote_id)
        except NotThere:
            return self._adapter.put(todo=wanted, remote_id="")

    def _settled(self, row: PushedTodo, sent: int) -> None:
        row.next_attempt_at, row.attempts, row.last_error = None, 0, ""
        if sent:
            row.refused = ""
            self._system.failures, self._system.last_error, self._system.rests_until = 0, "", None

    def _refused(self, row: PushedTodo, wanted: Todo, problem: NotTaken) -> None:
        pause = None if problem.is_permanent else pause_after(row.attempts)
        row.next_attempt_at = self._now + pause if pause else None
        row.last_error, row.refused = problem.reason[:LONGEST_ERROR], "" if pause else wanted.digest

    def _rest(self, rest: timedelta, reason: str) -> None:
        self._system.rests_until = self._now + rest
        self._system.last_error = reason[:LONGEST_ERROR]

    def _give_back(self, row: PushedTodo) -> None:
        """Leave a to-do for another time, without counting this one."""
        row.attempts, row.next_attempt_at = max(row.attempts - 1, 0), self._now


def _note(claims: Sequence[Claim], now: datetime) -> None:
    changes = json.dumps(list(_changes(claims)))
    write(RESULTS.of(claim.system for claim in claims), Write(NOTE, [now, now, changes]))


def _changes(claims: Sequence[Claim]) -> Iterator[dict[str, object]]:
    for claim in claims:
        for row in claim.rows:
            values = {name: getattr(row, name) for name in NOTED}
            yield {**values, "next_attempt_at": row.next_attempt_at and row.next_attempt_at.isoformat()}
