"""The record is verified by itself: what is new each night, all of it each week, and a break stands until answered."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from backend.notary import verification
from backend.notary.models import Leaf, SignedCheckpoint, Verification, VerificationMark
from backend.notary.services.signing import notary_look
from backend.notary.services.verifying import SECONDS, verification_go_on
from backend.notary.verification import UNCOMPARED
from backend.workflow.models import Ticket, TicketEvent
from tests.health.test_status_and_metrics import metrics, status
from tests.roles import as_owner
from tests.workflow.steps import file_ticket
from tests.world import World

DAY = timedelta(days=1)
EVENING = datetime(2040, 1, 2, 18, 0, tzinfo=UTC)
"""Half an hour before a verification begins, on a Monday in years to come."""
NIGHT = EVENING + timedelta(hours=1)


def filed(world: World, now: datetime = EVENING) -> Ticket:
    """File a report, and have it signed."""
    ticket = Ticket.objects.get(id=file_ticket(world, routed=True))
    notary_look(now=now)
    return ticket


def verified(now: datetime, *, seconds: float = SECONDS) -> Verification:
    """Verify to the end; return the outcome."""
    for _part in range(50):
        if ended := verification_go_on(now=now, seconds=seconds):
            return ended
    raise AssertionError("it did not end")


def rewrite(ticket: Ticket) -> None:
    """Change who did something, behind the application's back."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE workflow_ticketevent DISABLE TRIGGER USER")
        TicketEvent.objects.filter(ticket=ticket, sequence=1).update(actor_id=None)


def test_each_night_what_is_new_and_each_week_all(world: World, folder: Path) -> None:
    filed(world)
    assert verification_go_on(now=EVENING + DAY / 48 - timedelta(seconds=1)) is None, "it begins at night"
    first = verified(NIGHT)
    size = Leaf.objects.count()
    assert (first.is_full, first.first, first.size, first.tickets, first.findings) == (True, 0, size, 1, [])
    assert verification_go_on(now=NIGHT + timedelta(hours=5)) is None, "once a night"
    filed(world, EVENING + DAY)
    second = verified(NIGHT + DAY)
    assert (second.is_full, second.first, second.findings) == (False, size, [])
    assert second.size == Leaf.objects.count() > size
    third = verified(NIGHT + 2 * DAY)
    assert (third.first, third.size, third.tickets) == (second.size, second.size, 0), "nothing is new"
    assert [verified(NIGHT + day * DAY).is_full for day in (3, 5, 6)] == [False, True, False]


def test_it_goes_on_where_it_was_and_one_at_a_time(world: World, folder: Path) -> None:
    for _report in range(3):
        filed(world)
    assert verification_go_on(now=NIGHT, seconds=-1) is None
    mark = VerificationMark.objects.get()
    assert (mark.step, mark.tickets) == ("chains", 1)
    VerificationMark.objects.update(taken_until=NIGHT + timedelta(minutes=1))
    assert verification_go_on(now=NIGHT) is None, "another one is at it"
    VerificationMark.objects.update(taken_until=NIGHT - timedelta(minutes=1))
    every = verified(NIGHT, seconds=0.0)
    assert (every.tickets, verified(NIGHT + 5 * DAY, seconds=0.0).size) == (3, Leaf.objects.count())


def test_a_break_stands_in_the_status_until_somebody_answers(
    world: World, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ticket = filed(world)
    verified(NIGHT)
    assert "ledger_broken" not in status()["alarms"]
    assert metrics()["allclear_ledger_breaks"] == 0
    Ticket.objects.update(updated_at=NIGHT)
    rewrite(ticket)
    found = verified(NIGHT + DAY)
    assert found.findings == [f"ticket {ticket.reference}, event 1: the event was changed"]
    assert f"ALARM: the record does not hold: ticket {ticket.reference}" in caplog.text
    assert "ledger_broken" in status()["alarms"]
    assert (status()["ledger"]["breaks"], metrics()["allclear_ledger_breaks"]) == (1, 1)
    again = verified(NIGHT + 2 * DAY)
    assert (again.is_full, again.findings[0]) == (True, found.findings[0]), "all is looked at after a break"


def test_a_leaf_taken_away_and_roots_made_up_are_found(world: World, folder: Path) -> None:
    filed(world)
    verified(NIGHT)
    filed(world)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE notary_verification DISABLE TRIGGER USER")
        Verification.objects.update(roots=[b"x" * 32] * len(Verification.objects.get().roots))
    finding, behind = verified(NIGHT + DAY).findings
    assert "the first 3 leaves are not those that" in finding
    assert behind == UNCOMPARED
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE notary_leaf DISABLE TRIGGER USER")
        Leaf.objects.filter(index=1).delete()
    assert verified(NIGHT + 2 * DAY).findings == ["leaf 1 is missing"]
    assert SignedCheckpoint.objects.exists()


def test_one_break_hides_no_other(world: World, folder: Path) -> None:
    """A leaf that is gone ended it, and so did the first ticket that says something else."""
    tickets = [Ticket.objects.get(id=file_ticket(world, routed=True)), filed(world)]
    gone = Leaf.objects.filter(kind=Leaf.EVENT).order_by("index")[0].index
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE notary_leaf DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE incidents_report DISABLE TRIGGER USER")
        Leaf.objects.filter(index=gone).delete()
        cursor.execute("UPDATE incidents_report SET description = 'Nothing.'")
    findings = verified(NIGHT).findings
    assert f"leaf {gone} is missing" in findings
    for ticket in tickets:
        assert any(f"ticket {ticket.reference}: the report is not" in finding for finding in findings), findings


@pytest.mark.parametrize("seconds", [SECONDS, 0.0])
def test_what_lies_behind_a_broken_leaf_is_verified_too(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    """The first leaf that did not hold ended the walk, night after night, and whatever was changed behind it stayed."""
    monkeypatch.setattr(verification, "BATCH", 2)
    tickets = [filed(world, EVENING - place * DAY) for place in range(3, -1, -1)]
    first, *_others, last = Leaf.objects.filter(kind=Leaf.EVENT).order_by("index")
    cut = SignedCheckpoint.objects.order_by("-size")[1]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("notary_leaf", "workflow_ticketevent", "notary_signedcheckpoint"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        Leaf.objects.filter(index__in=[first.index, first.index + 1]).delete()
        TicketEvent.objects.filter(ticket=last.subject, sequence=last.number).update(hash=b"x" * 32)
        SignedCheckpoint.objects.filter(id=cut.id).update(note=cut.note.replace("/ledger", "/others"))
    findings = verified(NIGHT, seconds=seconds).findings
    assert f"leaves {first.index} to {first.index + 1} are missing" in findings
    assert any(f"over {cut.size} leaves is not signed by the log" in finding for finding in findings)
    name = f"event {last.number} of ticket {tickets[-1].reference}"
    assert f"{name} is not what became leaf {last.index}" in findings
    assert UNCOMPARED not in findings, "the tiles say what the leaves were, and the checkpoints agree"


def test_no_part_reads_every_checkpoint_that_lies_elsewhere_and_none_is_passed_over_by_its_name(
    world: World, folder: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every part of a verification read all of them, a year's half million, and had no time left for leaves."""
    monkeypatch.setattr(verification, "BATCH", 2)
    settings.CHECKPOINT_FOLDER = str(tmp_path / "copies")
    for place in range(3, -1, -1):
        filed(world, EVENING - place * DAY)
    paths = sorted((tmp_path / "copies").glob("*/*.checkpoint"))
    read: list[str] = []
    text = Path.read_text

    def counted(path: Path, *args: Any, **options: Any) -> str:
        read.extend([path.name] if path in paths else [])
        return text(path, *args, **options)

    monkeypatch.setattr(Path, "read_text", counted)
    assert verified(NIGHT, seconds=0.0).findings == []
    assert set(read) == {path.name for path in paths}
    assert max(Counter(read).values()) <= 2, "again only where a part goes on from it"
    paths[-1].rename(paths[-1].with_name(f"{1:012}-0.checkpoint"))
    [finding] = verified(NIGHT + 5 * DAY).findings
    assert finding.endswith(f"is over {Leaf.objects.count()} leaves, and its name says 1")


def test_behind_leaves_that_the_tiles_do_not_hold_no_checkpoint_is_compared(world: World, folder: Path) -> None:
    for place in (1, 0):
        filed(world, EVENING - place * DAY)
    with as_owner(), connection.cursor() as cursor:
        for table in ("notary_tile", "notary_leaf", "notary_signedcheckpoint"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("UPDATE notary_tile SET hashes = overlay(hashes placing sha256('x') from 33 for 32)")
        Leaf.objects.filter(index=3).delete()
    findings = verified(NIGHT).findings
    assert "leaf 3 is missing" in findings
    assert sum("are not those that" in finding for finding in findings) == 1, "the first checkpoint alone says so"
    assert UNCOMPARED in findings


def test_leaves_gone_with_their_tile_are_not_taken_for_a_tree_that_was_cut(world: World, folder: Path) -> None:
    """It ended with: the checkpoint was signed over 3 leaves, and there are 6."""
    for place in (1, 0):
        filed(world, EVENING - place * DAY)
    with as_owner(), connection.cursor() as cursor:
        for table in ("notary_tile", "notary_leaf"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("UPDATE notary_tile SET hashes = substring(hashes FROM 1 FOR 32)")
        Leaf.objects.filter(index__in=[1, 2]).delete()
    findings = verified(NIGHT).findings
    assert findings[:2] == ["leaves 1 to 2 are missing", UNCOMPARED]
    assert not [finding for finding in findings if "was signed over" in finding]


def test_an_outcome_is_never_rewritten(world: World, folder: Path) -> None:
    filed(world)
    verified(NIGHT)
    for change in ("UPDATE notary_verification SET findings = '{}'", "DELETE FROM notary_verification"):
        for role in (as_owner, transaction.atomic):
            with pytest.raises(ProgrammingError, match=r"refused|denied"), role(), connection.cursor() as cursor:
                cursor.execute(change)
