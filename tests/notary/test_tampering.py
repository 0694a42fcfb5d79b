"""Tampering is refused to the application; done behind its back it is named by the command."""
# ruff: noqa: S608, ISC004 - every name in these statements is one of our own tables and columns

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from backend.common.clock import database_now
from backend.notary.models import Leaf
from backend.workflow.ledger import GENESIS, Link
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.services import tickets_route
from backend.workflow.states import State
from tests.notary.conftest import look
from tests.roles import as_owner
from tests.workflow.steps import DAY, STRICT, file_ticket, fire_after, ticket_in
from tests.world import World

TABLES = (
    *("workflow_ticket", "workflow_ticketevent", "workflow_ticketeventpayload", "workflow_ticketgrant"),
    *("workflow_ticketparticipant", "workflow_ticketopening", "deadlines_escalation", "deadlines_timer"),
    *("workflow_sightchange", "workflow_pagedrung"),
    *("incidents_report", "incidents_reportamendment", "administration_change"),
    *("notary_leaf", "notary_cover", "notary_tile", "notary_signedcheckpoint", "notary_logkey"),
)
TICKET = "(SELECT id FROM workflow_ticket WHERE reference = %(reference)s)"
EVENT = f"(SELECT id FROM workflow_ticketevent WHERE ticket_id = {TICKET} AND sequence = %(sequence)s)"
REMOVED = "; ".join(
    f"DELETE FROM {table} WHERE {column} IN (SELECT id FROM {kept} WHERE {where})"
    for table, column, kept, where in (
        ("workflow_ticketeventpayload", "event_id", "workflow_ticketevent", f"ticket_id = {TICKET}"),
        ("workflow_ticketevent", "ticket_id", "workflow_ticket", "reference = %(reference)s"),
        ("incidents_reportamendment", "report_id", "incidents_report", f"ticket_id = {TICKET}"),
        ("incidents_report", "ticket_id", "workflow_ticket", "reference = %(reference)s"),
        ("workflow_sightchange", "ticket_id", "workflow_ticket", "reference = %(reference)s"),
        ("workflow_ticketgrant", "ticket_id", "workflow_ticket", "reference = %(reference)s"),
        ("workflow_pagedrung", "ticket_id", "workflow_ticket", "reference = %(reference)s"),
        ("workflow_ticket", "id", "workflow_ticket", "reference = %(reference)s"),
    )
)
CUT = f"""
DELETE FROM workflow_ticketeventpayload WHERE event_id = {EVENT}; DELETE FROM workflow_ticketevent WHERE id = {EVENT};
UPDATE workflow_ticket SET event_count = %(sequence)s - 1, event_hash = (
    SELECT hash FROM workflow_ticketevent WHERE ticket_id = {TICKET} AND sequence = %(sequence)s - 1
) WHERE id = {TICKET}"""
TAMPERINGS = {
    "the words of an event": (
        f"UPDATE workflow_ticketeventpayload SET body = '{{}}' WHERE event_id = {EVENT}",
        "what the event says was changed",
    ),
    "words taken away without an erasure": (
        f"DELETE FROM workflow_ticketeventpayload WHERE event_id = {EVENT}",
        "removed without an erasure",
    ),
    "who did it": (
        f"UPDATE workflow_ticketevent SET actor_id = gen_random_uuid() WHERE id = {EVENT}",
        "the event was changed",
    ),
    "when it was done": (
        f"UPDATE workflow_ticketevent SET at = at - interval '1 day' WHERE id = {EVENT}",
        "the event was changed",
    ),
    "an event in the place of another": (
        f"UPDATE workflow_ticketevent SET sequence = 100 + sequence WHERE ticket_id = {TICKET} AND sequence IN (2, 3);"
        f"UPDATE workflow_ticketevent SET sequence = 105 - sequence WHERE ticket_id = {TICKET} AND sequence > 99",
        "the event was changed",
    ),
    "an event cut off, the head moved": (CUT, r"event \d+ of ticket .* is gone"),
    "the head alone": (
        f"UPDATE workflow_ticket SET event_count = event_count - 1 WHERE id = {TICKET}",
        "event .*: the",
    ),
    "a whole ticket": (REMOVED, r"event 1 of ticket .* is gone"),
    "its state": (f"UPDATE workflow_ticket SET state = 'routed' WHERE id = {TICKET}", "what it says now is not"),
    "its owner": (
        f"UPDATE workflow_ticket SET owner_id = (SELECT id FROM organisation_unit WHERE id <> owner_id LIMIT 1)"
        f" WHERE id = {TICKET}",
        "what it says now is not",
    ),
    "its level": (f"UPDATE workflow_ticket SET level = 0 WHERE id = {TICKET}", "what it says now is not"),
    "its class": (
        f"UPDATE workflow_ticket SET confidentiality = 'K1' WHERE id = {TICKET}",
        "what it says now is not",
    ),
    "who worked on it": (
        f"UPDATE workflow_ticket SET workers = '{{}}' WHERE id = {TICKET}",
        "what it says now is not",
    ),
    "its deadline": (
        f"UPDATE workflow_ticket SET next_due_at = next_due_at + interval '9 days' WHERE id = {TICKET}",
        "what it says now is not",
    ),
    "its text": (
        f"UPDATE workflow_ticket SET description = 'Nothing.' WHERE id = {TICKET}",
        "the ticket does not say what was filed",
    ),
    "a rung that fired": (
        "DELETE FROM deadlines_escalation WHERE (timer_id, rung) IN ("
        "SELECT timer_id, fired.rung FROM deadlines_escalation AS fired"
        f" JOIN deadlines_timer AS timer ON timer.id = fired.timer_id WHERE timer.subject_id = {TICKET} LIMIT 1)",
        "the rungs that fired is not",
    ),
    "who was given sight": (
        f"UPDATE workflow_ticketgrant SET since = since + interval '1 day' WHERE ticket_id = {TICKET}",
        "who was given sight of it is not",
    ),
    "who is concerned": (
        f"DELETE FROM workflow_ticketparticipant WHERE ticket_id = {TICKET}",
        "who is concerned is not",
    ),
    "the report": (
        f"UPDATE incidents_report SET description = 'Nothing.' WHERE ticket_id = {TICKET}",
        "the report is not",
    ),
    "what was added to the report": (
        "DELETE FROM incidents_reportamendment WHERE report_id IN"
        f" (SELECT id FROM incidents_report WHERE ticket_id = {TICKET})",
        "what was added to the report is not",
    ),
    "who opened a sealed ticket": (
        f"DELETE FROM workflow_ticketopening WHERE ticket_id = {TICKET}",
        "record .* of workflow_ticketopening is gone",
    ),
    "the record of administration": (
        "UPDATE administration_change SET changes = '{}'",
        "record .* of administration_change is not what became leaf",
    ),
    "a leaf": ("DELETE FROM notary_leaf WHERE index = 3", "leaf 3 is missing"),
    "a hash": (
        "UPDATE notary_tile SET hashes = overlay(hashes placing sha256('x') from 65 for 32) WHERE level = 0",
        "is not what became leaf 2",
    ),
    "a cover": ("UPDATE notary_cover SET digests[1] = sha256('x')", "is not what became leaf"),
    "a checkpoint": (
        "UPDATE notary_signedcheckpoint SET note = replace(note, '/ledger', '/others')",
        "is not signed by the log",
    ),
    "a checkpoint that is smaller": ("UPDATE notary_signedcheckpoint SET size = size - 1", "is not signed by the log"),
    "a key": ("UPDATE notary_logkey SET line = 'x+00000000+' || repeat('A', 44)", "no public key|other keys"),
    "the end of everything": (
        """DELETE FROM notary_leaf WHERE index >= 5; DELETE FROM notary_cover WHERE index >= 5;
        DELETE FROM notary_signedcheckpoint; UPDATE notary_notarymark SET size = 5;
        UPDATE notary_tile SET hashes = substring(hashes for 5 * 32)""",
        "the last checkpoint in the notary's folder was signed over",
    ),
}
OF_SEALED = {"who was given sight", "who is concerned", "who opened a sealed ticket"}
WRITTEN = {"its owner", "its level", "its class", "who worked on it", "its deadline", "the head alone"}
"""The application writes these itself, so that no grant refuses it."""


@pytest.fixture
def references(world: World, folder: Path) -> dict[bool, dict[str, Any]]:
    """An open ticket and a sealed one, with all that can be changed of them, numbered and signed: how to name them."""
    ticket_id = file_ticket(world)
    report = Ticket.objects.get(id=ticket_id).reports.get()
    added = world.alice.client.post(f"reports/{report.id}/amendments", {"text": "Another desk."})
    assert added.status_code == 201, added.data
    tickets_route(ticket_ids=[ticket_id], now=database_now())
    assert world.bob.client.act(ticket_id, "acknowledge").status_code == 200
    assert world.bob.client.act(ticket_id, "record-interim-control", note="Closed off.").status_code == 200
    sealed = file_ticket(world, routed=True, category=STRICT, persons_concerned=[str(world.carol.person.id)])
    for fired in (ticket_id, sealed):
        fire_after(fired, 5 * DAY)
    assert world.erin.client.get(f"tickets/{sealed}").status_code == 200
    unit = world.home.units["security"]
    unit.name_en = "Guards"
    unit.save()
    look()
    assert {"event", "state", "change", "opening"} == set(Leaf.objects.values_list("kind", flat=True))
    return {ticket.confidentiality == "K2": _named(ticket) for ticket in Ticket.objects.all()}


def _named(ticket: Ticket) -> dict[str, Any]:
    return {"reference": ticket.reference, "sequence": ticket.event_count}


def verify() -> str:
    """Run the command; return what it fails with, or nothing."""
    try:
        call_command("ledger_verify", stdout=StringIO())
    except CommandError as error:
        return str(error)
    return ""


def tamper(statement: str, named: dict[str, Any], *, behind: bool) -> None:
    """Change something as the application, or behind its back and its triggers', as who holds the server could."""
    with connection.cursor() as cursor:
        for table in TABLES if behind else ():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for part in statement.split(";"):
            cursor.execute(part, named)


def test_everything_that_is_changed_behind_is_named(references: dict[bool, dict[str, Any]]) -> None:
    assert verify() == ""
    found: dict[str, str] = {}
    for what, (statement, _said) in TAMPERINGS.items():
        savepoint = transaction.savepoint()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with as_owner():
            tamper(statement, references[what in OF_SEALED], behind=True)
        found[what] = verify()
        transaction.savepoint_rollback(savepoint)
    wrong = {what: found[what] for what, (_statement, said) in TAMPERINGS.items() if not re.search(said, found[what])}
    assert wrong == {}
    assert len(TAMPERINGS) >= 20
    assert verify() == ""


def test_the_application_is_refused_or_what_it_did_is_named(references: dict[bool, dict[str, Any]]) -> None:
    for what, (statement, said) in TAMPERINGS.items():
        savepoint = transaction.savepoint()
        if what in WRITTEN:
            tamper(statement, references[what in OF_SEALED], behind=False)
            assert re.search(said, verify()), what
        else:
            with pytest.raises(ProgrammingError, match=r"permission denied|refused: "):
                tamper(statement, references[what in OF_SEALED], behind=False)
        transaction.savepoint_rollback(savepoint)


def test_a_chain_made_anew_with_its_head_is_found(references: dict[bool, dict[str, Any]]) -> None:
    """Every hash is right, the head too: the chain alone holds, and the tree knows another."""
    ticket = Ticket.objects.get(reference=references[False]["reference"])
    events = list(TicketEvent.objects.filter(ticket=ticket).order_by("sequence"))
    with connection.cursor() as cursor, as_owner():
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        previous = GENESIS
        for event in events:
            event.at -= DAY * (event.sequence > 3)
            link = Link(
                ticket.id, event.sequence, event.kind, event.version, event.at, event.actor_id,
                bytes(event.commitment), previous,
            )  # fmt: skip
            event.previous_hash, event.hash = previous, link.hash()
            previous = event.hash
            event.save()
        Ticket.objects.filter(id=ticket.id).update(event_hash=previous)
    assert re.search(f"event 4 of ticket {ticket.reference} is not what became leaf", verify())


def test_what_changes_by_itself_is_no_tampering(world: World, folder: Path) -> None:
    """Nothing breaks by what is not numbered yet, or was erased on record."""
    ticket_id = ticket_in(world, State.ACKNOWLEDGED)
    look()
    assert world.bob.client.act(ticket_id, "start", note="At once.").status_code == 200
    assert verify() == ""
    with as_owner():
        call_command("ledger_erase", ticket=Ticket.objects.get().reference, event=[1, 3], stdout=StringIO())
    assert verify() == ""
    look()
    assert verify() == ""
    fire_after(ticket_id, 5 * DAY)
    look()
    assert verify() == ""
    assert list(Leaf.objects.filter(kind="state").order_by("index").values_list("number", flat=True))[-1] == (
        Ticket.objects.get().event_count
    )
