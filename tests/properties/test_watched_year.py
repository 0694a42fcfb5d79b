"""Rounds, contact tests, started plans and a special period agree with the oracle made from the documents."""

from collections.abc import Sequence

import pytest

from tests.properties.conftest import twin_of
from tests.world import World
from tools.prove.simulate.judge import broken, disagreements, disagreements_beside
from tools.prove.simulate.watch import Watch
from tools.prove.simulate.watched_year import Beside, Watching
from tools.prove.simulate.year import Plan, Year

SMALL = Plan(tickets=12, days=45, outages=4, edits=4, absences=8)
TINY = Plan(tickets=2, days=6, outages=0, edits=0, absences=1)
ALL = Beside(inspections=3, responses=4, tests=4, swaps=3, periods=[(20, 33)])
FEW = Beside(inspections=1, responses=1, tests=0, swaps=1, periods=[(5, 6)])
MET = {
    ("Asia/Shanghai", 5): {"answered", "missed", "excused"},
    ("Asia/Shanghai", 10): {"answered", "missed", "excused", "dropped"},
    ("Europe/Berlin", 6): {"answered", "missed", "excused"},
}
"""The states that rounds meet in these weeks, by seed; in the first a ticket of a special period is split later."""


def lived(world: World, zone: str, plan: Plan, beside: Beside, seed: int) -> tuple[Year, Watch]:
    """Let some days of 2026 pass at the school."""
    twin, stage = twin_of(world, zone)
    watch = Watch(twin)
    year = Year(twin=twin, stages=[stage], plan=plan, seed=seed, beside=Watching(watch, beside, seed))
    year.run(filed=lambda: None)
    return year, watch


def wrong(year: Year, watch: Watch) -> Sequence[str]:
    """Return everything in which the real system and the oracle differ."""
    return [*year.twin.remarks, *disagreements(year.twin.oracle), *disagreements_beside(watch), *broken(year.end)]


@pytest.mark.slow("tests/properties/test_watched_year.py")
@pytest.mark.parametrize(("zone", "seed"), [("Asia/Shanghai", 5), ("Asia/Shanghai", 10), ("Europe/Berlin", 6)])
def test_what_is_watched_in_weeks_is_what_the_documents_say(world: World, zone: str, seed: int) -> None:
    year, watch = lived(world, zone, SMALL, ALL, seed=seed)
    assert wrong(year, watch) == []
    assert {row.state for row in watch.rounds.rounds.values()} >= MET[zone, seed]


def test_the_judge_sees_a_round_too_many_and_one_that_was_told_to_somebody_else(world: World) -> None:
    year, watch = lived(world, "Asia/Shanghai", TINY, FEW, seed=4)
    assert wrong(year, watch) == []
    key, people = watch.rounds.heard.popitem()
    assert len(disagreements_beside(watch)) == 1
    watch.rounds.heard[key] = people
    told = next(row for row in watch.rounds.rounds.values() if row.state == "missed")
    told.state = "answered"
    assert len(disagreements_beside(watch)) == 1
