"""The words of a strictly confidential ticket stand encrypted in every table, under a key outside the database."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from backend.common.clock import database_now
from backend.common.models import IdempotencyRecord
from backend.common.sealed.cipher import is_sealed, unseal
from backend.common.sealed.keys import keys_destroy, wrapping_renew
from backend.common.services import answers_empty
from backend.incidents.models import Report
from backend.workflow.models import Ticket, TicketEventPayload
from backend.workflow.services import tickets_route
from backend.workflow.services.erasing import event_payloads_erase
from backend.workflow.services.sealing import contents_seal
from backend.workflow.verification import ledger_verdicts
from tests.roles import as_owner
from tests.workflow.steps import OPEN, STRICT, file_ticket
from tests.world import World

TABLES = """
SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
"""
FOUND = """
SELECT array_agg(DISTINCT asked.word) FROM "{table}" AS row, unnest(%s::text[]) AS asked(word)
WHERE row::text LIKE '%%' || asked.word || '%%'
   OR row::text LIKE '%%' || encode(convert_to(asked.word, 'UTF8'), 'hex') || '%%'
"""


def tables_with(*words: str) -> dict[str, list[str]]:
    """Return which of the words stand in which table, as text or as the bytes of one, as a dump would show them."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(FOUND.format(table=table), [list(words)])
            if hit := cursor.fetchone()[0]:
                found[table] = hit
    return found


def told(world: World, who: str, ticket_id: UUID) -> str:
    """Return all that the API shows somebody of it."""
    client = world.members[who].client
    return "".join(str(client.get(f"tickets/{ticket_id}{path}").data) for path in ("", "/timeline", "/reports"))


def much_said(world: World, who: str, ticket_id: UUID) -> list[str]:
    """Have somebody say words of every sort about a ticket; return them."""
    tomorrow = (database_now() + timedelta(days=1)).isoformat()
    acts: tuple[tuple[str, dict[str, Any]], ...] = (
        ("acknowledge", {}),
        ("comment", {}),
        ("next-step", {"done_by": tomorrow}),
        ("promise", {"promised_for": tomorrow}),
        ("ask-question", {"whom": "Zqwhom"}),
        ("add-affected", {"affected": "other", "who": "Zqwho"}),
        ("inform-affected", {}),
        ("propose-decline", {}),
    )
    for number, (action, said) in enumerate(acts):
        done = world.members[who].client.act(ticket_id, action, **{"note": f"Zq{number}note", **said})
        assert done.status_code == 200, (action, done.data)
    return ["Zqwhom", "Zqwho", *(f"Zq{number}note" for number in range(len(acts)))]


def holds() -> bool:
    """Say whether every chain says what was filed and what happened, and every ticket the words of its class."""
    return not any(verdict.broken for verdict in ledger_verdicts())


CALLER = {"name": "Zqcaller", "contact": "Zqcontact"}
FILED: dict[str, Any] = {"description": "Zqwords 欺凌之词", "caller": CALLER}
WORDS = ["Zqwords", "欺凌之词", "Zqcaller", "Zqcontact"]


def test_no_word_of_it_stands_in_any_table_and_whoever_may_reads_all_of_them(world: World) -> None:
    ticket_id = file_ticket(world, category=STRICT, **FILED)
    report = Report.objects.get(ticket=ticket_id)
    added = world.alice.client.post(f"reports/{report.id}/amendments", {"text": "Zqadded"})
    assert added.status_code == 201, added.data
    tickets_route(ticket_ids=[ticket_id], now=database_now())
    said = much_said(world, "erin", ticket_id)
    assert tables_with(*WORDS, "Zqadded", *said) == {}
    shown = told(world, "erin", ticket_id)
    assert [word for word in ("Zqwords", "Zqadded", *said) if word not in shown] == []
    assert (report.caller_name, holds()) == ("Zqcaller", True)
    found = world.erin.client.get("tickets", q="Zqwords").data["items"]
    assert (found, world.erin.client.get("tickets").data["items"][0]["id"]) == ([], str(ticket_id))


def test_a_ticket_is_sealed_when_it_becomes_so_and_opened_by_two_when_it_is_that_no_more(world: World) -> None:
    ticket_id = file_ticket(world, category=OPEN, routed=True, **FILED)
    said = much_said(world, "bob", ticket_id)
    assert "workflow_ticket" in tables_with(*WORDS, *said)
    raised = world.dan.client.act(ticket_id, "reclassify", category=STRICT, note="Zqraised")
    assert raised.status_code == 200, raised.data
    assert tables_with(*WORDS, *said, "Zqraised") == {}
    assert [word for word in ("Zqwords", *said) if word not in told(world, "erin", ticket_id)] == []
    assert holds()

    proposed = world.erin.client.act(ticket_id, "propose-lowering", category=OPEN, note="Zqslip")
    assert (proposed.status_code, tables_with("Zqslip")) == (200, {})
    assert world.dan.client.act(ticket_id, "confirm-lowering").status_code == 200
    assert {"workflow_ticket", "incidents_report", "workflow_ticketpart"} <= tables_with(*WORDS, *said).keys()
    assert [word for word in ("Zqwords", "Zqslip", *said) if word not in told(world, "dan", ticket_id)] == []
    assert holds()


WORDS_OF = {
    "workflow_ticketpart": "words",
    "workflow_affectedparty": "who",
    "workflow_outsidequestion": "whom",
    "workflow_declineproposal": "reason",
    "workflow_promiseddate": "reason",
}


@pytest.mark.parametrize(("table", "column"), WORDS_OF.items())
def test_the_application_may_seal_and_open_words_and_write_no_others(world: World, table: str, column: str) -> None:
    much_said(world, "bob", file_ticket(world, category=OPEN, routed=True))
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="refused: UPDATE"), transaction.atomic():
        cursor.execute(f"UPDATE {table} SET {column} = 'Said otherwise.' WHERE {column} <> ''")  # noqa: S608 - ours


def test_what_was_filed_before_words_were_sealed_is_sealed_by_a_command_and_nothing_else_changes(world: World) -> None:
    ticket_id = file_ticket(world, category=STRICT, **FILED)
    report = Report.objects.get(ticket=ticket_id)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("UPDATE workflow_ticket SET description = %s WHERE id = %s", [report.description, ticket_id])
        cursor.execute("UPDATE incidents_report SET caller_name = 'Zqcaller' WHERE id = %s", [report.id])
    assert tables_with(*WORDS).keys() == {"workflow_ticket", "incidents_report"}
    assert contents_seal(now=database_now()) == (1, 1, 0)
    assert (tables_with(*WORDS), holds()) == ({}, True)
    assert contents_seal(now=database_now()) == (1, 0, 0)


def test_an_erasure_changes_the_key_so_that_old_copies_of_the_database_forget(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    ticket_id = file_ticket(world, category=STRICT, routed=True, **FILED)
    much_said(world, "erin", ticket_id)
    payload = TicketEventPayload.objects.get(event__ticket=ticket_id, event__kind="comment")
    copy = payload.__dict__["body"]["note"]
    with django_capture_on_commit_callbacks(execute=True), as_owner():
        number = payload.event.sequence
        event_payloads_erase(reference=payload.event.ticket.reference, sequences=[number], now=database_now())
    assert unseal(copy, label=f"workflow_ticketeventpayload.body/{payload.pk.hex}/note") == ""
    assert "Zqwords" in told(world, "erin", ticket_id)
    assert ("Zq1note" in told(world, "erin", ticket_id), holds()) == (False, True)


def test_an_erasure_forgets_also_what_a_ticket_said_while_it_was_confidential_and_is_finished_after_a_crash(
    world: World, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.SEALING_FOLDER = str(tmp_path)
    lowered, strict = (file_ticket(world, category=STRICT, routed=True, **FILED) for _report in range(2))
    assert world.erin.client.act(lowered, "propose-lowering", category=OPEN, note="Zqslip").status_code == 200
    copies = {ticket: Ticket.objects.get(id=ticket).__dict__["description"] for ticket in (lowered, strict)}
    assert world.dan.client.act(lowered, "confirm-lowering").status_code == 200
    for ticket_id, is_killed in ((lowered, False), (strict, True)):
        with django_capture_on_commit_callbacks(execute=not is_killed), as_owner():
            reference = Ticket.objects.get(id=ticket_id).reference
            event_payloads_erase(reference=reference, sequences=[2], now=database_now())
    opened = {
        ticket: unseal(copy, label=f"workflow_ticket.description/{ticket.hex}") for ticket, copy in copies.items()
    }
    assert opened == {lowered: "", strict: FILED["description"]}
    with django_capture_on_commit_callbacks(execute=True):
        assert contents_seal(now=database_now()) == (1, 1, 0)
    assert unseal(copies[strict], label=f"workflow_ticket.description/{strict.hex}") == ""
    assert [told(world, who, ticket).count("Zqwords") > 0 for who, ticket in (("dan", lowered), ("erin", strict))] == [
        True,
        True,
    ]
    assert (contents_seal(now=database_now()), holds()) == ((1, 0, 0), True)


def test_an_erasure_while_the_ledger_is_verified_is_no_break(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    tickets = sorted(file_ticket(world, category=STRICT, routed=True, **FILED) for _report in range(2))
    assert world.erin.client.act(tickets[1], "comment", note="Zqnote").status_code == 200
    payload = TicketEventPayload.objects.get(event__ticket=tickets[1], event__kind="comment")
    verdicts = ledger_verdicts()
    assert next(verdicts).broken is None
    with django_capture_on_commit_callbacks(execute=True), as_owner():
        number, reference = payload.event.sequence, payload.event.ticket.reference
        event_payloads_erase(reference=reference, sequences=[number], now=database_now())
    assert [verdict.broken for verdict in verdicts] == [None]


def test_a_backup_of_before_an_erasure_comes_back_without_the_words_and_its_ledger_holds(
    world: World, settings: Any, tmp_path: Path
) -> None:
    settings.SEALING_FOLDER = str(tmp_path)
    ticket_id = file_ticket(world, category=STRICT, routed=True, **FILED)
    much_said(world, "erin", ticket_id)
    keys_destroy(ticket_id, before=2)  # as the erasure did, of which the backup knows nothing
    assert world.erin.client.get(f"tickets/{ticket_id}/timeline").status_code == 200
    with pytest.raises(CommandError, match="without an erasure"):
        call_command("ledger_verify", stdout=StringIO())
    call_command("ledger_verify", restored=True, stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE workflow_ticketeventpayload SET body = '{"note": "sealed1.x"}' WHERE NOT body ? 'note'"""
        )
    with pytest.raises(CommandError, match="was changed"):
        call_command("ledger_verify", restored=True, stdout=StringIO())
    for path in tmp_path.glob("keys/*/*"):
        path.unlink()
    with pytest.raises(CommandError, match=f"cannot be opened: the key {ticket_id.hex}.1 is missing"):
        call_command("ledger_verify", restored=True, stdout=StringIO())


def test_a_cipher_that_is_moved_to_another_row_or_column_does_not_open(world: World) -> None:
    one, other = (file_ticket(world, category=STRICT, **FILED) for _report in range(2))
    row = Ticket.objects.get(id=other)
    row.description = Ticket.objects.get(id=one).__dict__["description"]
    assert is_sealed(row.description)
    report = Report.objects.get(ticket=one)
    report.description = report.__dict__["caller_name"]
    assert is_sealed(report.description)
    assert holds()
    with connection.cursor() as cursor:
        cursor.execute("""UPDATE workflow_ticketeventpayload SET body = '{"note": "sealed1.x"}'""")
    assert not holds()


def test_words_that_look_sealed_are_kept_as_words_and_lock_nothing(world: World) -> None:
    typed = f"sealed1.{UUID(int=7).hex}.1.Zqtyped="
    for category, who in ((OPEN, "bob"), (STRICT, "erin")):
        ticket_id = file_ticket(world, category=category, description=typed)
        tickets_route(ticket_ids=[ticket_id], now=database_now())
        client = world.members[who].client
        for words in (typed, "sealed1.Zqtyped"):
            said = client.act(ticket_id, "ask-question", note=words, whom=words)
            assert said.status_code == 200, said.data
        shown = told(world, who, ticket_id)
        assert (typed in shown, "'sealed1.Zqtyped'" in shown, "sealed1.Zqtyped" in shown) == (True, True, True)
    assert (tables_with("Zqtyped"), holds()) == ({}, True)
    assert contents_seal(now=database_now()) == (1, 0, 0)
    open_one = Ticket.objects.exclude(confidentiality="K2").get()
    assert world.dan.client.act(open_one.id, "reclassify", category=STRICT, note=typed).status_code == 200
    assert world.erin.client.act(open_one.id, "propose-lowering", category=OPEN, note=typed).status_code == 200
    assert world.dan.client.act(open_one.id, "confirm-lowering").status_code == 200
    assert (told(world, "dan", open_one.id).count(typed) >= 3, holds()) == (True, True)


def test_an_answer_about_many_tickets_is_kept_sealed_once_and_forgotten_with_each_of_them(world: World) -> None:
    tickets = [file_ticket(world, category=STRICT, routed=True, **FILED) for _report in range(12)]
    body = {"action": "comment", "items": [{"ticket": str(ticket)} for ticket in tickets], "note": "Zqall"}
    done = world.erin.client.post("tickets/bulk", body, key="many-at-once")
    assert [item["status"] for item in done.data["items"]] == [200] * 12, done.data
    stored = IdempotencyRecord.objects.get(key="many-at-once").body
    assert len(stored) < 3 * len(json.dumps(done.data, default=str)) + 250 * len(tickets)
    again = world.erin.client.post("tickets/bulk", body, key="many-at-once")
    assert (again.data, again.headers["Idempotency-Replayed"]) == (done.data, "true")
    with as_owner():
        assert answers_empty(naming=[tickets[0]]) >= 1
    assert IdempotencyRecord.objects.get(key="many-at-once").body == ""


def test_the_keys_are_wrapped_anew_also_after_a_crash_half_way(world: World, settings: Any, tmp_path: Path) -> None:
    settings.SEALING_FOLDER = str(tmp_path)
    tickets = [file_ticket(world, category=STRICT, **FILED) for _report in range(3)]
    former = {path: path.read_text() for path in tmp_path.glob("keys/*/*")}
    call_command("sealing_keys", rotate=True, stdout=StringIO())
    first, *_others = former
    current, said = (tmp_path / "current").read_text(), StringIO()
    assert not (tmp_path / "wrapping" / former[first].split()[0]).exists()
    wrapping_renew()  # and a crash before any key is wrapped by it
    call_command("sealing_keys", stdout=said)
    assert "run --rotate again" in said.getvalue()
    assert [Ticket.objects.get(id=ticket).description for ticket in tickets] == [FILED["description"]] * 3
    call_command("sealing_keys", rotate=True, stdout=StringIO())
    assert [path.name for path in (tmp_path / "wrapping").iterdir()] == [(tmp_path / "current").read_text().strip()]
    assert current != (tmp_path / "current").read_text()
    assert [Ticket.objects.get(id=ticket).description for ticket in tickets] == [FILED["description"]] * 3
    assert {path.stat().st_mode & 0o77 for path in tmp_path.rglob("*") if path.name != "lock"} == {0}

    first.unlink()
    answers = [world.erin.client.get(f"tickets/{ticket}") for ticket in tickets]
    (locked,) = (answer for answer in answers if answer.status_code == 503)
    assert (locked.data["code"], first.name in str(locked.data)) == ("contents_locked", False)
