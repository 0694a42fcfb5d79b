"""All that is past its period is forgotten wherever it lies; all still verifies, and what is held as evidence stays."""

import io
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from backend.common.clock import database_now
from backend.common.sealed.keys import keys_left
from backend.notary.folder import KEY
from backend.notary.notes import SignerKey
from backend.notary.tasks import sign
from backend.retention.models import Forgotten, ForgottenTicket, What
from backend.retention.services import retention_run
from backend.workflow.models import Ticket, TicketMerge
from tests.retention.past import ticket_of
from tests.roles import as_owner
from tests.workflow.steps import DAY, STRICT, act_at
from tests.world import World
from tools.verify_receipt import main

pytestmark = pytest.mark.django_db
LONG = 60.0


def dump() -> str:
    """Return everything that stands in every table, as text."""
    found = []
    with as_owner(), connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute(f"SELECT coalesce(string_agg(kept::text, ' '), '') FROM {table} AS kept")  # noqa: S608
            found.append(cursor.fetchone()[0])
    return " ".join(found)


def verified() -> str:
    """Return what `ledger_verify` says; it fails where anything does not hold."""
    told = io.StringIO()
    sign()
    call_command("ledger_verify", stdout=told)
    return told.getvalue()


def receipt(world: World, ticket_id: UUID) -> bytes:
    """Return the proof that Alice filed a report."""
    report_id = Ticket.objects.get(id=ticket_id).reports.get().id
    content: bytes = world.alice.client.get(f"reports/{report_id}/proof").content
    return content


@pytest.fixture
def now() -> datetime:
    """The instant at which it is run."""
    return database_now()


def test_what_is_past_its_time_is_gone_everywhere_and_all_verifies(world: World, now: datetime, tmp_path: Path) -> None:
    old = ticket_of(world, now - 1200 * DAY, "plantedold", persons_concerned=frozenset({world.carol.person.id}))
    held = ticket_of(world, now - 1200 * DAY, "plantedheld")
    young = ticket_of(world, now - 400 * DAY, "plantedyoung")
    strict = ticket_of(world, now - 5000 * DAY, "plantedstrict", category=STRICT)
    world.dan.client.get(f"tickets/{strict}")
    act_at(world.dan, held, "hold-evidence", now, note="The court asked.")
    verified()
    proof = receipt(world, old)
    before = dump()
    assert "plantedold" in before
    assert "plantedstrict" not in before
    told = io.StringIO()
    call_command("retention_run", dry_run=True, stdout=told)
    assert "tickets: 2 would be forgotten" in told.getvalue()
    assert dump() == before
    done = retention_run(now=now, seconds=LONG)
    assert (done[What.TICKETS], done[What.CALLERS]) == (2, 1)
    after = dump()
    assert "plantedold" not in after
    assert "plantedheld caller" in after
    assert "plantedheld verify" in after
    assert "plantedyoung verify" in after
    assert "plantedyoung caller" not in after
    assert keys_left(strict) == 0
    assert set(ForgottenTicket.objects.filter(is_done=True).values_list("ticket", flat=True)) == {old, strict}
    assert "The tree holds" in verified()
    path, key = tmp_path / "receipt", SignerKey.read((Path(settings.NOTARY_FOLDER) / KEY).read_text())
    path.write_bytes(proof)
    assert main([str(path), "--log", str(key.verifier())]) == 0
    assert retention_run(now=now, seconds=LONG) == {}
    assert set(Forgotten.objects.values_list("what", flat=True)) >= {"tickets", "callers", "openings"}
    act_at(world.dan, held, "end-hold", now, note="It is over.")
    assert retention_run(now=now, seconds=LONG)[What.TICKETS] == 1
    assert "plantedheld" not in dump()
    assert Ticket.objects.get(id=young).description == "plantedyoung"


def test_a_ticket_of_which_single_events_were_erased_before_verifies_once_forgotten(
    world: World, now: datetime
) -> None:
    ticket_id = ticket_of(world, now - 1200 * DAY, "planted")
    with as_owner():
        call_command("ledger_erase", ticket=Ticket.objects.get(id=ticket_id).reference, event=[3])
    assert retention_run(now=now, seconds=LONG)[What.TICKETS] == 1
    assert "The tree holds" in verified()


def test_what_is_written_on_a_forgotten_ticket_is_forgotten_too(world: World, now: datetime) -> None:
    """It was never looked at again: why evidence had been held, or a later comment, stayed for good."""
    ticket_id = ticket_of(world, now - 3000 * DAY, "plantedfirst")
    retention_run(now=now - 1800 * DAY, seconds=LONG)
    act_at(world.dan, ticket_id, "hold-evidence", now, note="plantedhold")
    assert retention_run(now=now, seconds=LONG) == {}
    act_at(world.dan, ticket_id, "end-hold", now, note="plantedend")
    assert retention_run(now=now, seconds=LONG, is_dry=True)[What.TICKETS] == 1
    assert retention_run(now=now, seconds=LONG)[What.TICKETS] == 1
    assert "planted" not in dump()
    assert retention_run(now=now, seconds=LONG) == {}
    assert "The tree holds" in verified()
    act_at(world.dan, ticket_id, "comment", now, note="plantedcomment")
    assert retention_run(now=now, seconds=LONG) == {}, "words are kept for the shortest period at least"


@pytest.mark.parametrize("function", ["retention_tickets_forget(%s, now())", "retention_callers_forget(%s)"])
def test_the_database_forgets_nothing_early_or_held_whoever_asks(world: World, now: datetime, function: str) -> None:
    held, young = (ticket_of(world, now - days * DAY, "planted") for days in (1200, 1))
    act_at(world.dan, held, "hold-evidence", now, note="The court asked.")
    into = ticket_of(world, now - 1200 * DAY, "planted")
    TicketMerge.objects.create(ticket_id=held, into_id=into, merged_at=now, state_before="closed")
    for ticket_id in (held, young, into):
        with pytest.raises(DatabaseError, match="not to be forgotten yet"), transaction.atomic():
            connection.cursor().execute(f"SELECT {function}", [[ticket_id]])
    words = "SET LOCAL allclear.forgets = 'yes'; UPDATE incidents_report SET description = ''"
    with pytest.raises(DatabaseError, match="report_immutable"), transaction.atomic():
        connection.cursor().execute(words)
