"""The engine opens a round, and counts it as missed when nobody has said anything."""

from datetime import timedelta

from django.core.management import call_command

from backend.deadlines.services import fire_due
from backend.duty.models import Absence
from backend.rounds.models import RoundState
from backend.rounds.services.making import rounds_make
from tests.rounds.conftest import at, opened, round_of
from tests.world import World


def test_the_engine_opens_a_round_and_asks_the_head_else_the_deputy_else_the_level_above(live_world: World) -> None:
    Absence.objects.create(
        person=live_world.bob.person, starts_at=live_world.now, ends_at=live_world.now + timedelta(days=3)
    )
    assert opened(live_world).assignee == live_world.ben.person
    assert round_of(live_world, "facilities").assignee == live_world.carol.person
    assert round_of(live_world, "health-room").assignee == live_world.vera.person
    assert round_of(live_world, days=2).state == RoundState.PLANNED


def test_after_an_outage_a_round_opens_and_is_missed_in_order(live_world: World) -> None:
    rounds_make(now=at(live_world, "08:00"))
    fire_due(now=at(live_world, "18:00") - timedelta(seconds=1))
    assert round_of(live_world).state == RoundState.OPEN
    fire_due(now=at(live_world, "18:01"))
    row = round_of(live_world)
    assert (row.state, row.assignee) == (RoundState.MISSED, live_world.bob.person)
    call_command("deadlines_audit")
