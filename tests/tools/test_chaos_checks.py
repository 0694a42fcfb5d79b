"""The judge of `make chaos` finds nothing after an ordinary day, and each kind of broken promise once there is one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import uuid4

import pytest
from django.db import connection

from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.common.sql.statements import write
from backend.deadlines.services import fire_due
from backend.workflow.ledger import event_chain, events_writes
from backend.workflow.models import Ticket, TicketPart
from backend.workflow.services import tickets_route
from backend.workflow.system_events import ESCALATED
from tests.roles import as_owner
from tests.workflow.steps import TOLD
from tests.world import World
from tools.prove.chaos import checks
from tools.prove.chaos.load import Sent
from tools.prove.chaos.target import Target

EARLIER = """
UPDATE deadlines_timer
SET ladder = ARRAY(SELECT due - interval '2 h' FROM unnest(ladder) AS due ORDER BY due),
    due_at = due_at - interval '2 h', next_try_at = next_try_at - interval '2 h',
    started_at = started_at - interval '2 h'
"""
FIRED_EARLY = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE deadlines_escalation DROP CONSTRAINT escalation_never_early;
UPDATE deadlines_escalation SET due_at = fired_at + interval '1 s'
"""


class TestDatabase:
    """A target that asks the test's own database, as the judge asks the broken system's."""

    __test__ = False

    def rows(self, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with connection.cursor() as cursor:
            cursor.execute(query, parameters)
            return list(cursor.fetchall())

    def now(self) -> datetime:
        """Return the database's time."""
        return database_now()


TARGET = cast("Target", TestDatabase())


@pytest.fixture
def ticket(world: World) -> Ticket:
    """A ticket that has been routed, escalated, asked about and acknowledged, with every message done."""
    answer = world.alice.client.post("reports", world.report_body(description="the exit is blocked"))
    ticket = Ticket.objects.get(reference=answer.data["reference"])
    tickets_route(ticket_ids=[ticket.id], now=database_now())
    soon = (database_now() + timedelta(hours=1)).isoformat()
    assert world.dan.client.act(ticket.id, "order", note="Say by when.", due_at=soon).status_code == 200
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(EARLIER)
    fire_due(now=database_now())
    world.bob.client.act(ticket.id, "acknowledge")
    world.bob.client.act(ticket.id, "answer-order", note="Tomorrow.")
    OutboxMessage.objects.exclude(topic=TOLD).update(done_at=database_now())
    OutboxMessage.objects.filter(topic=TOLD).delete()
    ticket.refresh_from_db()
    return ticket


def found(sent: list[Sent] | None = None) -> dict[str, list[str]]:
    """Return what is found of each kind, the auditors aside."""
    return {
        "lost": list(checks.found_lost(TARGET, sent or [])),
        "doubled": list(checks.found_doubled(TARGET)),
        "early": list(checks.found_early(TARGET)),
        "broken": list(checks.lines(TARGET, checks.BROKEN)),
    }


def never_stored(ticket: Ticket) -> Sent:
    """Return a report that was answered and is nowhere."""
    return Sent(1, "lost", "teacher.01", "security", report=str(uuid4()))


def run(statement: str) -> Callable[[Ticket], None]:
    """Return what executes a statement, as the owner of the tables."""

    def execute(_ticket: Ticket) -> None:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(statement)

    return execute


def ring_twice(ticket: Ticket) -> None:
    """Chain once more that an order rang; it comes after the answer."""
    tell_twice(ticket, clock="order")


def tell_twice(ticket: Ticket, clock: str = "acknowledge") -> None:
    """Chain the last escalation once more, as an engine would that fires twice; it comes after the acknowledging."""
    body = ticket.events.filter(payload__body__clock=clock).latest("sequence").payload.body
    write(*events_writes([event_chain(ticket=ticket, event=ESCALATED, at=database_now(), actor_id=None, body=body)]))


def lose_the_event(ticket: Ticket) -> None:
    """Say that something was asked at an instant of which no event tells."""
    with as_owner():
        TicketPart.objects.update(asked_at=database_now())


def give_up(ticket: Ticket) -> None:
    """Give up a message."""
    OutboxMessage.objects.update(done_at=None, failed_at=database_now())


def name_nobody_told(ticket: Ticket) -> None:
    """Close a message whose people got no notice."""
    now = database_now()
    payload = {"ticket": str(ticket.id), "event": str(uuid4()), "kind": "escalated", "people": [str(uuid4())]}
    OutboxMessage.objects.create(
        topic=TOLD,
        dedup_key="notices:none",
        payload=payload,
        created_at=now,
        next_attempt_at=now,
        done_at=now,
    )


def leave_open(ticket: Ticket) -> None:
    """Leave a message open since a minute ago."""
    then = database_now() - timedelta(minutes=1)
    OutboxMessage.objects.update(done_at=None, created_at=then, next_attempt_at=then)


BREAKS: dict[str, tuple[str, str, Callable[[Ticket], None]]] = {
    "late": (
        "lost",
        "past due",
        run(EARLIER.replace("2 h", "99 d")),
    ),
    "given up": ("lost", "given up", give_up),
    "no notice": ("lost", "without a notice", name_nobody_told),
    "open": ("lost", "still open", leave_open),
    "told twice": ("doubled", "told twice", tell_twice),
    "fired after": ("broken", "after somebody had stopped it", tell_twice),
    "early": (
        "early",
        "before it was due",
        run(FIRED_EARLY),
    ),
    "in the future": (
        "early",
        "in the future",
        run("UPDATE deadlines_escalation SET fired_at = fired_at + interval '1 h'"),
    ),
    "rang after": ("broken", "after somebody had ended it", ring_twice),
    "asked unseen": ("broken", "without an event", lose_the_event),
    "gap": ("broken", "gap", run("UPDATE deadlines_escalation SET rung = rung + 7")),
}


def test_nothing_is_found_where_nothing_is_broken(ticket: Ticket) -> None:
    stored = Sent(1, ticket.description, "teacher.01", "security", report=str(ticket.reports.get().id))
    assert ticket.events.filter(kind="escalated").exists()
    assert found([stored]) == {"lost": [], "doubled": [], "early": [], "broken": []}


@pytest.mark.parametrize("name", BREAKS)
def test_every_kind_of_break_is_found(ticket: Ticket, name: str) -> None:
    kind, words, make = BREAKS[name]
    make(ticket)
    assert any(words in line for line in found()[kind]), found()


def test_a_report_that_was_answered_and_is_not_stored_is_found(ticket: Ticket) -> None:
    assert len(found([never_stored(ticket)])["lost"]) == 1


def test_a_report_that_is_stored_twice_is_found(ticket: Ticket, world: World) -> None:
    world.alice.client.post("reports", world.report_body(description=ticket.description))
    assert any("stored 2 times" in line for line in found()["doubled"])


def test_only_what_fell_due_in_the_meantime_excuses_a_rerun_that_changed_something(ticket: Ticket) -> None:
    since = ticket.filed_at
    run("UPDATE deadlines_escalation SET due_at = fired_at - interval '1 h'")(ticket)
    assert not TARGET.rows(checks.FELL_DUE, since=since)[0][0]
    run("UPDATE deadlines_escalation SET due_at = fired_at")(ticket)
    assert TARGET.rows(checks.FELL_DUE, since=since)[0][0]
    assert not TARGET.rows(checks.FELL_DUE, since=database_now())[0][0]
