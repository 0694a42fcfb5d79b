"""The ledger shows what was changed, and can forget what it has to."""
# ruff: noqa: S608 - every name in these statements is one of our own tables and columns

from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from backend.common.models import IdempotencyRecord
from backend.workflow.models import Ticket, TicketEvent, TicketEventPayload, TicketWait
from backend.workflow.states import State
from backend.workflow.verification import LEDGER_BATCH
from tests.roles import as_owner
from tests.workflow.steps import DAY, fire_after, ticket_in
from tests.world import World

LEDGER = ("workflow_ticket", "workflow_ticketevent", "workflow_ticketeventpayload")


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
    """Change the ledger behind the application's back and its triggers', as who holds the server could."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in LEDGER:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        for table in LEDGER:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def event_at(ticket_id: UUID, sequence: int) -> UUID:
    """Return the id of one event."""
    return TicketEvent.objects.get(ticket=ticket_id, sequence=sequence).id


def test_every_chain_holds(ticket_id: UUID) -> None:
    events = TicketEvent.objects.count()
    assert verify().splitlines()[0] == f"The ledger holds: 2 tickets, {events} events."


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
    of_ticket = "SELECT id FROM workflow_ticketevent WHERE ticket_id = %s"
    sql(f"DELETE FROM workflow_ticketeventpayload WHERE event_id IN ({of_ticket})", ticket_id)
    sql("DELETE FROM workflow_ticketevent WHERE ticket_id = %s", ticket_id)
    with pytest.raises(CommandError, match="event 1: the event is missing"):
        verify()


FORGERIES = {
    "its text": "description = 'Nothing happened.'",
    "when it was filed": "filed_at = filed_at + interval '1 microsecond'",
    "when it happened": "occurred_at = occurred_at - interval '1 day'",
    "who reported it": "reporter_id = assignee_id",
    "its reference": "reference = 'FORGED'",
    "that it was no exercise": "is_exercise = true",
    "where": "place_id = (SELECT id FROM organisation_place WHERE id <> place_id LIMIT 1)",
}


@pytest.mark.parametrize("what", FORGERIES)
def test_a_ticket_that_does_not_say_what_was_filed_is_found(ticket_id: UUID, what: str) -> None:
    reference = Ticket.objects.get(id=ticket_id).reference if what != "its reference" else "FORGED"
    sql(f"UPDATE workflow_ticket SET {FORGERIES[what]} WHERE id = %s", ticket_id)
    with pytest.raises(CommandError, match=f"{reference}, event 1: the ticket does not say what was filed"):
        verify()


def test_a_corrected_place_is_no_forgery(world: World, ticket_id: UUID) -> None:
    before = Ticket.objects.get(id=ticket_id).place_id
    building = world.home.places["teaching-building"]
    answer = world.bob.client.act(ticket_id, "reclassify", place=str(building.id), note="It is there.")
    assert answer.status_code == 200, answer.data
    assert Ticket.objects.get(id=ticket_id).place_id == building.id != before
    assert verify().startswith("The ledger holds")


def test_a_payload_that_was_removed_without_an_erasure_is_found(ticket_id: UUID) -> None:
    sql("DELETE FROM workflow_ticketeventpayload WHERE event_id = %s", event_at(ticket_id, 6))
    with pytest.raises(CommandError, match="event 6: what the event says was removed without an erasure"):
        verify()


def erase(ticket_id: UUID, *sequences: int) -> None:
    """Erase what some events say, as the owner's command does."""
    reference = Ticket.objects.get(id=ticket_id).reference
    with as_owner():
        call_command("ledger_erase", ticket=reference, event=list(sequences), stdout=StringIO())


def test_what_was_said_can_be_erased_and_the_chain_still_holds(world: World, ticket_id: UUID) -> None:
    sequence = TicketEvent.objects.get(ticket=ticket_id, kind="resolve").sequence
    erase(ticket_id, 1, sequence)
    assert verify().startswith("The ledger holds: 2 tickets")
    rows = world.dan.client.get(f"tickets/{ticket_id}/timeline").data
    assert {row["kind"]: row["details"] for row in rows}["resolve"] == {}
    assert (rows[-1]["kind"], rows[-1]["actor"], rows[-1]["details"]) == ("erased", None, {"sequences": [1, sequence]})


def test_an_erasure_reaches_the_words_that_stand_beside_the_ticket(world: World) -> None:
    waited = ticket_in(world, State.WAITING)
    number = TicketEvent.objects.get(ticket=waited, kind="wait").sequence
    erase(waited, number)
    assert TicketWait.objects.get(ticket=waited).party == "Ming Lifts"  # it goes on, and its page has to say for whom
    world.bob.client.act(waited, "resume")
    erase(waited, number + 2)
    assert TicketWait.objects.get(ticket=waited).party == ""
    proposed = ticket_in(world, State.ROUTED)
    world.bob.client.act(proposed, "propose-decline", note="There was nothing.")
    assert world.bob.client.get(f"tickets/{proposed}").data["decline"]["reason"] == "There was nothing."
    erase(proposed, TicketEvent.objects.get(ticket=proposed, kind="propose-decline").sequence)
    assert world.bob.client.get(f"tickets/{proposed}").data["decline"]["reason"] == ""
    assert not IdempotencyRecord.objects.filter(body__contains="There was nothing.").exists()


def test_the_record_of_an_erasure_cannot_be_removed_and_covers_no_other_event(ticket_id: UUID) -> None:
    erase(ticket_id, 6)
    last = Ticket.objects.get(id=ticket_id).event_count
    sql("DELETE FROM workflow_ticketeventpayload WHERE event_id = %s", event_at(ticket_id, last))
    with pytest.raises(CommandError, match="event 6: what the event says was removed without an erasure"):
        verify()


def test_an_event_that_is_not_there_cannot_be_erased(ticket_id: UUID) -> None:
    with pytest.raises(CommandError, match="has no event 1, 99 with anything to erase"):
        erase(ticket_id, 1, 99)
    assert TicketEventPayload.objects.filter(event__ticket=ticket_id, event__sequence=1).exists()


def test_the_application_cannot_erase(ticket_id: UUID) -> None:
    reference = Ticket.objects.get(id=ticket_id).reference
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        call_command("ledger_erase", ticket=reference, event=[1])


def test_every_batch_is_read(world: World) -> None:
    number = LEDGER_BATCH + 5
    first = Ticket.objects.get(id=ticket_in(world, State.RECEIVED))
    copies = []
    for index in range(number):
        copy = Ticket.objects.get(id=first.id)
        copy.id, copy.reference, copy.event_count, copy.event_hash = UUID(int=index + 1), f"C{index}", 0, b""
        copies.append(copy)
    Ticket.objects.bulk_create(copies)
    assert verify().splitlines()[0] == f"The ledger holds: {number + 1} tickets, 1 events."


@pytest.mark.parametrize(
    ("statement", "by"),
    [
        ("UPDATE workflow_ticketevent SET at = now()", "permission denied"),
        ("DELETE FROM workflow_ticketevent", "permission denied"),
        # Words may be sealed and opened, and so the application may write these columns: never other words in clear.
        ("UPDATE workflow_ticketeventpayload SET body = '{}'", "refused: "),
        ("UPDATE incidents_report SET description = 'Nothing happened.'", "refused: "),
        ("UPDATE workflow_ticket SET description = 'Nothing happened.'", "refused: "),
        ("DELETE FROM incidents_report", "permission denied"),
    ],
)
def test_the_database_refuses_to_rewrite_history(ticket_id: UUID, statement: str, by: str) -> None:
    with pytest.raises(ProgrammingError, match="refused: "), as_owner(), connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(ProgrammingError, match=by), transaction.atomic():
        connection.cursor().execute(statement)
