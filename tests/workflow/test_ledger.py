"""The ledger shows what was changed, and can forget what it has to."""

from io import StringIO
from uuid import UUID

import pgtrigger
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from backend.workflow.models import Ticket, TicketEvent, TicketEventPayload
from backend.workflow.selectors import LEDGER_BATCH
from backend.workflow.states import State
from tests.workflow.steps import DAY, fire_after, ticket_in
from tests.world import World

UNGUARDED = (
    "workflow.TicketEvent:event_immutable",
    "workflow.TicketEventPayload:event_payload_immutable",
)


@pytest.fixture
def ticket_id(world: World) -> UUID:
    """A ticket with a whole life behind it: opened, routed, escalated, worked on, closed."""
    other = ticket_in(world, State.ACKNOWLEDGED)
    fire_after(other, 5 * DAY)
    return ticket_in(world, State.CLOSED)


def verify() -> str:
    """Run the command; return what it says or raise what it fails with."""
    out = StringIO()
    call_command("ledger_verify", stdout=out)
    return out.getvalue()


def sql(statement: str, *values: UUID) -> None:
    """Change the ledger behind the application's back, as somebody with the owner's password could."""
    with pgtrigger.ignore(*UNGUARDED), connection.cursor() as cursor:
        cursor.execute(statement, values)


def event_at(ticket_id: UUID, sequence: int) -> UUID:
    """Return the id of one event."""
    return TicketEvent.objects.get(ticket=ticket_id, sequence=sequence).id


def test_every_chain_holds(ticket_id: UUID) -> None:
    events = TicketEvent.objects.count()
    assert verify() == f"The ledger holds: 2 tickets, {events} events.\n"


CHANGES = {
    "what it says": ('UPDATE workflow_ticketeventpayload SET body = \'{"note": "Nothing."}\' WHERE event_id = %s', 6),
    "its salt": ("UPDATE workflow_ticketeventpayload SET salt = 'ssssssssssssssss' WHERE event_id = %s", 6),
    "who did it": ("UPDATE workflow_ticketevent SET actor_id = gen_random_uuid() WHERE id = %s", 3),
    "when": ("UPDATE workflow_ticketevent SET at = at - interval '1 microsecond' WHERE id = %s", 1),
    "what it was": ("UPDATE workflow_ticketevent SET kind = 'comment' WHERE id = %s", 5),
    "its commitment": ("UPDATE workflow_ticketevent SET commitment = sha256('x') WHERE id = %s", 4),
    "its hash": ("UPDATE workflow_ticketevent SET hash = sha256('x') WHERE id = %s", 7),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_event_is_found(ticket_id: UUID, what: str) -> None:
    statement, sequence = CHANGES[what]
    sql(statement, event_at(ticket_id, sequence))
    reference = Ticket.objects.get(id=ticket_id).reference
    with pytest.raises(CommandError, match=f"{reference}, event {sequence}: .* was changed"):
        verify()


@pytest.mark.parametrize("sequence", [1, 4, 7])
def test_a_removed_event_is_found_also_the_last_one(ticket_id: UUID, sequence: int) -> None:
    event_id = event_at(ticket_id, sequence)
    sql("DELETE FROM workflow_ticketeventpayload WHERE event_id = %s", event_id)
    sql("DELETE FROM workflow_ticketevent WHERE id = %s", event_id)
    with pytest.raises(CommandError, match=f"event {sequence}: the event is missing"):
        verify()


def test_a_ticket_without_any_event_is_found(ticket_id: UUID) -> None:
    sql("DELETE FROM workflow_ticketeventpayload")
    sql("DELETE FROM workflow_ticketevent WHERE ticket_id = %s", ticket_id)
    with pytest.raises(CommandError, match="event 1: the event is missing"):
        verify()


def test_what_was_said_can_be_erased_and_the_chain_still_holds(world: World, ticket_id: UUID) -> None:
    TicketEventPayload.objects.filter(event__ticket=ticket_id, event__kind="resolve").delete()
    assert verify().startswith("The ledger holds: 2 tickets")
    rows = world.dan.client.get(f"tickets/{ticket_id}/timeline").data
    assert {row["kind"]: row["details"] for row in rows}["resolve"] == {}


def test_every_batch_is_read(world: World) -> None:
    number = LEDGER_BATCH + 5
    first = Ticket.objects.get(id=ticket_in(world, State.RECEIVED))
    copies = []
    for index in range(number):
        copy = Ticket.objects.get(id=first.id)
        copy.id, copy.reference, copy.event_count, copy.event_hash = UUID(int=index + 1), f"C{index}", 0, b""
        copies.append(copy)
    Ticket.objects.bulk_create(copies)
    assert verify() == f"The ledger holds: {number + 1} tickets, 1 events.\n"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE workflow_ticketevent SET at = now()",
        "DELETE FROM workflow_ticketevent",
        "UPDATE workflow_ticketeventpayload SET body = '{}'",
        "UPDATE incidents_report SET description = 'Nothing happened.'",
        "DELETE FROM incidents_report",
    ],
)
def test_the_database_refuses_to_rewrite_history(ticket_id: UUID, statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="pgtrigger: Cannot"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
