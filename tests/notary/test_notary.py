"""The notary numbers whatever is committed, once and without a gap, and signs it with a key that no database holds."""

import os
import stat
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.deadlines.models import SweepGap
from backend.notary.entries import event_entry
from backend.notary.folder import KEY, LAST
from backend.notary.models import Leaf, LogKey, NotaryMark, SignedCheckpoint, Tile
from backend.notary.notes import SignerKey, checkpoint_open
from backend.notary.selectors import tree_of
from backend.notary.services import numbering, records
from backend.notary.services.numbering import COMPARED_EVERY, TICKETS, ledger_number
from backend.notary.services.signing import notary_look
from backend.notary.tree import inclusion_root, leaf_hash
from backend.workflow.models import Ticket, TicketEvent
from backend.workflow.states import State
from tests.health.test_status_and_metrics import metrics, status
from tests.notary.conftest import look
from tests.roles import as_owner
from tests.workflow.steps import file_ticket, ticket_in
from tests.world import World

MINUTE = timedelta(minutes=1)
CONNECTING = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}


def numbered(ticket_id: UUID) -> list[int]:
    """Return which events of a ticket have a number in the tree, in its order."""
    return list(Leaf.objects.filter(subject=ticket_id, kind="event").order_by("index").values_list("number", flat=True))


def verify(*, restored: bool = False) -> str:
    """Run the command; return what it says or raise what it fails with."""
    out = StringIO()
    call_command("ledger_verify", *(["--restored"] if restored else []), stdout=out)
    return out.getvalue()


def key_line() -> str:
    out = StringIO()
    call_command("notary_key", stdout=out)
    return out.getvalue().strip()


def test_every_event_has_one_number_and_can_be_proven_under_the_signed_checkpoint(world: World, folder: Path) -> None:
    first, second = ticket_in(world, State.RESOLVED), file_ticket(world)
    look()
    count = TicketEvent.objects.count() + 2  # and what each of the two says then
    assert [leaf.index for leaf in Leaf.objects.order_by("index")] == list(range(count))
    assert numbered(first) == list(range(1, Ticket.objects.get(id=first).event_count + 1))
    world.cleo.client.act(first, "verify", note="Seen.")
    look()
    look()  # nothing new: no leaf, and no checkpoint
    assert [kept.size for kept in SignedCheckpoint.objects.order_by("id")] == [count, count + 2]

    signer = SignerKey.read((folder / KEY).read_text())
    assert key_line() == str(signer.verifier()) == LogKey.objects.get().line
    checkpoint = checkpoint_open(note=SignedCheckpoint.objects.latest("id").note, key=signer.verifier())
    assert (checkpoint.origin, checkpoint.size) == ("127.0.0.1:8000/ledger", count + 2)
    event = TicketEvent.objects.get(ticket=second, sequence=1)
    index = Leaf.objects.get(subject=second, kind="event", number=1).index
    with CaptureQueriesContext(connection) as read:
        proof = tree_of(size=checkpoint.size).inclusion(index)
    assert len(read) == 1
    leaf = leaf_hash(event_entry(bytes(event.hash)))
    assert inclusion_root(leaf=leaf, index=index, size=checkpoint.size, proof=proof) == checkpoint.root
    assert (folder / LAST).read_text() == SignedCheckpoint.objects.latest("id").note
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / KEY)] == [0o700, 0o600]
    assert verify().splitlines()[1:] == [
        f"The tree holds: {checkpoint.size} leaves, 2 checkpoints, the last over {checkpoint.size} of them.",
        "No checkpoint lies elsewhere: nobody outside this machine has seen the tree.",
    ]


def test_what_is_committed_late_is_not_skipped(world: World, folder: Path) -> None:
    """A look remembers the oldest transaction that was open; what that one writes is looked for until it is over."""
    late = file_ticket(world)
    look()
    event = Ticket.objects.get(id=late).event_count
    began = database_now()
    settings = connection.settings_dict
    reached: dict[str, Any] = {name: settings[key] or None for name, key in CONNECTING.items()}
    with psycopg.connect(**reached) as beside, as_owner(), connection.cursor() as cursor:
        beside.execute("SELECT 1")
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # one transaction sees the sessions as they first were
        ledger_number(now=began + 60 * MINUTE)
        ledger_number(now=began + 70 * MINUTE)
    said = world.alice.client.act(late, "comment", note="Still there.")  # stamped an hour before the last look
    assert said.status_code == 200, said.data
    ledger_number(now=began + 80 * MINUTE)
    assert numbered(late) == list(range(1, event + 2))


def test_once_a_day_everything_is_compared_page_by_page(world: World, folder: Path) -> None:
    look()
    skipped = file_ticket(world)
    NotaryMark.objects.update(up_to=database_now() + 60 * MINUTE)
    look()
    assert numbered(skipped) == []
    copies = [Ticket.objects.get(id=skipped) for _copy in range(TICKETS)]
    for index, copy in enumerate(copies):
        copy.id, copy.reference = UUID(int=index + 1), f"C{index}"
    Ticket.objects.bulk_create(copies)
    event = TicketEvent.objects.get(ticket=skipped)
    events = [TicketEvent(**{**_fields(event), "id": copy.id, "ticket_id": copy.id}) for copy in copies]
    TicketEvent.objects.bulk_create(events)
    now = database_now() + COMPARED_EVERY
    notary_look(now=now)
    assert numbered(skipped) == [1]
    assert NotaryMark.objects.get().size == Leaf.objects.count() == 2 * (TICKETS + 1)
    tiles = [len(bytes(tile.hashes)) // 32 for tile in Tile.objects.order_by("level", "number")]
    assert tiles == [256, 256, 256, 2 * (TICKETS + 1) - 3 * 256, 3]
    with CaptureQueriesContext(connection) as asked:
        notary_look(now=now + MINUTE)
    assert len(asked) <= 38, [query["sql"] for query in asked]  # two for each kind of record


def _fields(event: TicketEvent) -> dict[str, object]:
    return {field.attname: getattr(event, field.attname) for field in TicketEvent._meta.concrete_fields}


def test_filing_and_acting_cost_no_statement_more(world: World, folder: Path) -> None:
    with CaptureQueriesContext(connection) as asked:
        ticket_in(world, State.ACKNOWLEDGED)
    assert [query["sql"] for query in asked if "notary" in query["sql"]] == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notary_leaf SET index = index + 1",
        "DELETE FROM notary_leaf",
        "UPDATE notary_tile SET level = 9",
        "UPDATE notary_tile SET hashes = sha256('x')",
        "UPDATE notary_tile SET hashes = ''",
        "DELETE FROM notary_tile",
        "UPDATE notary_signedcheckpoint SET note = ''",
        "DELETE FROM notary_signedcheckpoint",
        "UPDATE notary_logkey SET line = ''",
    ],
)
def test_the_database_refuses_to_rewrite_the_tree(world: World, folder: Path, statement: str) -> None:
    file_ticket(world)
    look()
    for role in (as_owner, transaction.atomic):
        with pytest.raises(ProgrammingError, match=r"refused|denied"), role(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_lost_key_is_missed_and_never_replaced_by_itself(
    world: World, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(CommandError, match="no key"):
        call_command("notary_key")
    file_ticket(world)
    look()
    (folder / KEY).rename(folder / "elsewhere")
    file_ticket(world)
    look()
    assert "ALARM: the notary signs nothing. The notary's key is not in" in caplog.text
    assert not (folder / KEY).exists()
    assert Leaf.objects.count() > SignedCheckpoint.objects.get().size  # it goes on numbering
    (folder / KEY).write_text("PRIVATE+KEY+broken")
    look()
    assert "cannot be read" in caplog.text
    (folder / "elsewhere").rename(folder / KEY)
    look()
    assert SignedCheckpoint.objects.latest("id").size == Leaf.objects.count()


def test_nothing_is_signed_that_contradicts_what_was_signed_before(
    world: World, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An older backup is restored: the notary says so, and goes on as another log once somebody decided it."""
    file_ticket(world)
    look()
    savepoint = transaction.savepoint()
    file_ticket(world)
    look()
    transaction.savepoint_rollback(savepoint)
    with pytest.raises(CommandError, match="the last checkpoint in the notary's folder was signed over"):
        verify()
    assert verify(restored=True).splitlines()[2].endswith("short of what the notary's folder has.")
    look()
    assert "ALARM: the notary signs nothing. A checkpoint over" in caplog.text
    former = key_line()
    call_command("notary_key", "--new", "--name", "school.example/after-the-fire", stdout=StringIO())
    assert key_line() != former
    look()
    look()
    newest = SignedCheckpoint.objects.latest("id").note
    assert newest.startswith("school.example/after-the-fire\n")
    assert verify().splitlines()[1].startswith(f"The tree holds: {Leaf.objects.count()} leaves, 2 checkpoints")
    with pytest.raises(CommandError, match="no name of a key"):
        call_command("notary_key", "--new", "--name", "two words")


def test_how_far_the_notary_is_can_be_seen(world: World, folder: Path) -> None:
    assert "ledger_unsigned" in status()["alarms"]
    file_ticket(world)
    look()
    seen = status()
    assert "ledger_unsigned" not in seen["alarms"]
    assert seen["ledger"]["leaves"] == Leaf.objects.count() == metrics()["allclear_ledger_leaves"]
    assert seen["ledger"]["checkpoint_at"] == SignedCheckpoint.objects.get().signed_at.isoformat()
    NotaryMark.objects.update(looked_at=database_now() - 6 * MINUTE)
    assert "ledger_unsigned" in status()["alarms"]
    assert metrics()["allclear_ledger_look_seconds"] >= 360


def test_checkpoints_elsewhere_contradict_what_was_rewritten_with_everything_else(
    world: World, folder: Path, tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody with database, key and folder makes another history; a copy elsewhere knows the first one."""
    settings.CHECKPOINT_FOLDER = str(tmp_path / "elsewhere")
    savepoint = transaction.savepoint()
    for _report in range(2):
        file_ticket(world)
        look()
    copies = sorted(path.name[:12] for path in (tmp_path / "elsewhere").glob("*/*.checkpoint"))
    assert copies == ["000000000002", "000000000004"]
    assert verify().splitlines()[2] == "2 checkpoints elsewhere agree; 0 leaves are under none of them yet."
    transaction.savepoint_rollback(savepoint)
    (folder / LAST).unlink()
    for _report in range(3):
        file_ticket(world)
        look()
    with pytest.raises(CommandError, match=r"the first 2 leaves are not those that .*elsewhere.* was signed over"):
        verify()
    settings.CHECKPOINT_FOLDER = str(folder / LAST / "no-folder")
    file_ticket(world)
    look()
    assert "ALARM: a checkpoint could not leave the machine" in caplog.text


def test_a_folder_that_cannot_be_written_is_an_alarm_and_keeps_no_checkpoint_from_leaving(
    world: World, folder: Path, tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CHECKPOINT_FOLDER = str(tmp_path / "elsewhere")
    file_ticket(world)
    look()
    (folder / f".{LAST}.{os.getpid()}").mkdir()  # where the next one is written first
    file_ticket(world)
    look()
    assert "ALARM: the notary's folder cannot be written" in caplog.text
    assert len(list((tmp_path / "elsewhere").glob("*/*.checkpoint"))) == SignedCheckpoint.objects.count() == 2
    (folder / LAST).unlink()
    (folder / LAST).mkdir()
    file_ticket(world)
    look()
    assert "ALARM: the notary signs nothing." in caplog.text
    assert SignedCheckpoint.objects.count() == 2


def test_a_folder_that_cannot_be_made_is_an_alarm(
    world: World, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.NOTARY_FOLDER = "/proc/notary"  # nobody makes a folder there
    file_ticket(world)
    look()
    assert "ALARM: the notary signs nothing. The notary's key cannot be written into" in caplog.text
    assert Leaf.objects.exists(), "it goes on numbering"


def test_one_look_numbers_no_more_than_it_has_time_for_and_the_next_goes_on(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record of years is numbered over many looks: a worker ends a task that runs for too long, with all others."""
    monkeypatch.setattr(numbering, "TICKETS", 2)
    monkeypatch.setattr(numbering, "BATCHES", 1)
    tickets = [file_ticket(world) for _report in range(5)]
    for done in (2, 4):
        look()
        assert Leaf.objects.filter(kind="event").count() == done
        assert SignedCheckpoint.objects.latest("id").size == Leaf.objects.count(), "what has a number is signed"
        assert NotaryMark.objects.get().looked_at is None, "the rest waits, so that the alarm stands"
    look()
    assert all(numbered(ticket) == [1] for ticket in tickets)
    assert NotaryMark.objects.get().looked_at is not None
    more = [file_ticket(world) for _report in range(3)]
    look()
    assert sum(numbered(ticket) == [1] for ticket in more) == 2
    look()
    assert all(numbered(ticket) == [1] for ticket in more)


def test_one_look_numbers_records_in_parts_too(world: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look()
    monkeypatch.setattr(records, "RECORDS", 1)
    monkeypatch.setattr(records, "BATCHES", 1)
    now = database_now()
    starts = [now + number * MINUTE for number in range(3)]
    SweepGap.objects.bulk_create(SweepGap(started_at=at, ended_at=at + MINUTE, noted_by="test") for at in starts)
    for done in (1, 2, 3):
        look()
        assert Leaf.objects.filter(kind="gap").count() == done
