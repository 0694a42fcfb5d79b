"""Plans that come again within a day: each turn is a round of its own, and a night belongs to the day that follows."""

from copy import deepcopy
from datetime import datetime

from backend.deadlines.services import fire_due
from backend.notifications.rendering import rings_of
from backend.rounds.models import Round, RoundState
from backend.rounds.services.making import rounds_make
from backend.rulebook.round_rules import OVER_PLACES
from backend.rulebook.ruleset import Severity
from backend.rulebook.services import rulebook_activate, rulebook_load
from tests.rounds.conftest import at
from tests.rounds.test_making import calendar_of
from tests.rounds.test_missing import told
from tests.world import World, rulebook_content

ROUTE = ["stairwell", "teaching-building"]


def held(
    world: World, code: str, *, made_at: datetime | None = None, is_off: bool = False, every_day: bool = False
) -> None:
    """Let the school hold a shipped plan, over places where it goes over any, or hold it no more, and no other plan."""
    content = deepcopy(rulebook_content())
    plan = {**content["rounds"]["plans"][code], "switched_off": is_off, "every_day": every_day}
    if plan["kind"] in OVER_PLACES:
        plan["route"] = ROUTE
    content["rounds"] = {"checklists": content["rounds"]["checklists"], "plans": {code: plan}}
    version, _created = rulebook_load(content=content, now=world.now)
    rulebook_activate(school=world.school, version=version, now=world.now)
    rounds_make(now=made_at or at(world, "00:00"))


def turn(world: World, clock: str, *, days: int = 1) -> Round:
    """Open what opens by a time of tomorrow, and return the round that opens then."""
    fire_due(now=at(world, clock, days=days))
    return Round.objects.get(school=world.school, opens_at=at(world, clock, days=days))


def test_a_turn_that_nobody_walked_climbs_by_itself_and_rings_at_night(live_world: World) -> None:
    held(live_world, "NIGHT_PATROL")
    first = turn(live_world, "22:00")
    assert [row.due_at for row in Round.objects.filter(day=first.day, school=live_world.school).order_by("turn")] == [
        at(live_world, clock, days=days)
        for clock, days in (("22:45", 1), ("00:45", 2), ("02:45", 2), ("04:45", 2), ("06:45", 2))
    ]
    heard = told(at(live_world, "23:00"))
    assert {"bob", "vera"} <= heard.keys()
    (ring,) = rings_of(notices=heard["bob"][:1]).values()
    assert ring.severity == Severity.P2
    second = turn(live_world, "00:00", days=2)
    assert (second.turn, second.day, second.state) == (1, first.day, RoundState.OPEN)
    assert told(at(live_world, "01:00", days=2))["bob"][0].params["offices"][0]["round"] == str(second.id)


def test_a_night_belongs_to_the_school_day_that_follows(live_world: World) -> None:
    calendar_of(live_world.school, weekdays=range(5))
    held(live_world, "NIGHT_PATROL")
    nights = {day.isoweekday() for day in Round.objects.filter(school=live_world.school).values_list("day", flat=True)}
    assert nights == {7, 1, 2, 3, 4}
    held(live_world, "NIGHT_PATROL", every_day=True)
    planned = Round.objects.filter(school=live_world.school, state=RoundState.PLANNED)
    assert {day.isoweekday() for day in planned.values_list("day", flat=True)} == set(range(1, 8)), "boarders stay"


def test_the_rest_of_a_night_follows_the_rules_after_midnight(live_world: World) -> None:
    """A patrol given up at half past midnight was asked for until morning, and one taken up began a day later."""
    midnight = at(live_world, "00:30")
    held(live_world, "NIGHT_PATROL", made_at=midnight)
    night = Round.objects.filter(school=live_world.school, day=at(live_world, "12:00", days=0).date())
    assert set(night.values_list("turn", "state")) == {(turn, RoundState.PLANNED) for turn in (1, 2, 3, 4)}
    held(live_world, "NIGHT_PATROL", made_at=at(live_world, "02:30"), is_off=True)
    assert list(night.order_by("turn").values_list("state", flat=True)) == [
        *(RoundState.PLANNED, RoundState.PLANNED, RoundState.DROPPED, RoundState.DROPPED)
    ]
