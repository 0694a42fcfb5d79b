"""The system's own 平安: each minute in which nothing due was left has a leaf, and a silence can be seen."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from backend.common.clock import database_now
from backend.deadlines.clocks import ClockReading
from backend.deadlines.models import Timer
from backend.deadlines.services.watching import heartbeat_record
from backend.notary.models import Leaf, SignedCheckpoint
from backend.notary.services.signing import notary_look
from tests.roles import as_owner
from tests.workflow.steps import file_ticket
from tests.world import World

MINUTE = timedelta(minutes=1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


def swept(at: datetime, fired: int = 0) -> None:
    """Have the engine sweep, and the notary look, at an instant."""
    reading = ClockReading(now=at, before=1.0, after=1.0)
    heartbeat_record(name="engine", reading=reading, boot_id="boot", fired=fired, skipped=0, quarantined=0)
    notary_look(now=at)


def leaves() -> list[Leaf]:
    return list(Leaf.objects.filter(kind="sweep").order_by("index"))


def verified() -> str:
    out = StringIO()
    call_command("ledger_verify", stdout=out)
    return out.getvalue()


def test_each_minute_has_one_leaf_under_a_checkpoint_of_its_own(world: World) -> None:
    start = database_now() - 10 * MINUTE
    for seconds, fired in ((0, 3), (30, 1), (59, 0), (60, 2), (125, 0)):
        swept(start + timedelta(seconds=seconds), fired)
    assert [leaf.number for leaf in leaves()] == [3, 3, 0], "each says what fired since the one before"
    assert SignedCheckpoint.objects.count() == 3
    assert f"swept up to {start + timedelta(seconds=125):%F %T} UTC" in verified()


def test_nothing_is_said_while_something_due_waits(world: World) -> None:
    ticket = file_ticket(world, routed=True)
    timer = Timer.objects.filter(subject_id=ticket, armed=True).earliest("next_try_at")
    swept(timer.next_try_at - MINUTE)
    swept(timer.next_try_at + 5 * MINUTE)
    swept(timer.next_try_at + 9 * MINUTE)
    assert f"swept up to {timer.next_try_at:%F %T} UTC" in verified(), "and no further"
    Timer.objects.filter(subject_id=ticket).update(armed=False, stopped_at=timer.next_try_at, stop_reason="done")
    swept(timer.next_try_at + 10 * MINUTE)
    assert f"swept up to {timer.next_try_at + 10 * MINUTE:%F %T} UTC" in verified()


def test_an_engine_that_stood_still_shows(world: World) -> None:
    start = database_now() - 60 * MINUTE
    for minutes in (0, 1, 2, 12, 13, 17):
        swept(start + minutes * MINUTE)
    since, until = start + 2 * MINUTE, start + 12 * MINUTE
    assert f"over three minutes 2 times, the longest from {since:%F %T} to {until:%F %T}" in verified()
    notary_look(now=start + 30 * MINUTE)
    assert len(leaves()) == 6, "the notary alone says nothing"


def test_a_sweep_that_somebody_made_up_is_named(world: World) -> None:
    start = database_now() - 10 * MINUTE
    swept(start)
    swept(start + 5 * MINUTE)
    _first, last = leaves()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE notary_leaf DISABLE TRIGGER USER")
        Leaf.objects.filter(index=last.index).update(number=7)
    with pytest.raises(CommandError, match=r"the sweep up to .* is not what became leaf"):
        verified()


def test_a_clock_set_back_adds_nothing_until_it_is_passed(world: World) -> None:
    start = database_now()
    for minutes in (0, -60, -30, 1):
        swept(start + minutes * MINUTE)
    assert len(leaves()) == 2


def test_nothing_is_said_before_the_first_sweep(world: World) -> None:
    file_ticket(world)
    notary_look(now=database_now() + timedelta(days=100))
    assert not leaves()
    assert "swept" not in verified()
