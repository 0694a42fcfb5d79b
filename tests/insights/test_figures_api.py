"""The API of the figures: the numbers over HTTP, each refusal, and what it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from tests.insights.conftest import counted, filed
from tests.world import World


def test_the_figures_over_http(world: World) -> None:
    ticket = filed(world, "F02", ago=timedelta(hours=3))
    filed(world, "F02")
    filed(world, "S02")
    assert world.bob.client.act(ticket.id, "acknowledge").status_code == 200
    counted()
    found = world.dan.client.get("insights/figures").data
    assert (found["total"]["filed"], found["total"]["repeats"], found["total"]["hazards"]) == (2, 1, 2)
    times = found["total"]["acknowledge"]
    assert (times["count"], times["median"]) == (1, times["p90"])
    assert 3 * 3600 <= times["median"] < 3 * 3600 + 60
    assert sum(week["filed"] for week in found["weeks"]) == 2
    assert len(found["weeks"]) == 12
    assert [part["of"]["name_en"] for part in found["parts"]] == ["Security office"]
    assert found["ages"] == [2, 0, 0, 0, 0]
    assert sum(map(sum, found["hours"])) == 2
    (repeated,) = found["repeated"]
    assert (repeated["place"]["name_en"], repeated["category"]["key"], repeated["count"]) == (
        "Stairwell, second floor",
        "F02",
        2,
    )
    assert {month["total"]["count"] for month in found["confidential"]} == {None}
    assert [month["is_over"] for month in found["confidential"]][-1] is False
    chosen = world.dan.client.get("insights/figures", group="fire", office=str(world.home.units["security"].id)).data
    assert chosen["total"]["filed"] == 2
    assert world.dan.client.get("insights/figures", group="food").data["total"]["filed"] == 0


def test_a_period_of_days_of_the_school(world: World) -> None:
    """Shanghai is eight hours ahead: what is filed at 17:00 UTC belongs to the day after."""
    yesterday = database_now() - timedelta(days=1)
    evening = yesterday.replace(hour=17, minute=0, second=0, microsecond=0) - timedelta(days=1)
    filed(world, "F02", ago=database_now() - evening)
    counted()
    for days, count in ((0, 0), (1, 1), (2, 0)):
        day = str((evening + timedelta(days=days)).date())
        found = world.dan.client.get("insights/figures", first_day=day, last_day=day).data
        assert found["total"]["filed"] == count, day


def test_who_may_read_what(world: World) -> None:
    filed(world, "F02")
    counted()
    security = str(world.home.units["security"].id)
    assert world.bob.client.get("insights/figures").data["total"]["filed"] == 1
    assert world.carol.client.get("insights/figures").data["total"]["filed"] == 0
    assert world.mallory.client.get("insights/figures").data["total"]["filed"] == 0
    assert world.olga.client.get("insights/figures", school=str(world.school.id)).data["total"]["filed"] == 1
    for name, chosen in (("carol", "office"), ("mallory", "office"), ("olga", "office")):
        refused = world.members[name].client.get("insights/figures", **{chosen: security})
        assert (refused.status_code, refused.data["code"]) == (404, "not_found")
    for name in ("alice", "erin"):
        refused = world.members[name].client.get("insights/figures")
        assert (refused.status_code, refused.data["code"]) == (403, "not_figures_reader")


@pytest.mark.slow("tests/insights/test_figures_api.py", after=3)
@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({"first_day": "2026-01-01"}, "/last_day", "both_days"),
        ({"first_day": "2026-02-01", "last_day": "2026-01-01"}, "/last_day", "period_turned"),
        ({"first_day": "2024-01-01", "last_day": "2026-01-01"}, "/last_day", "period_too_long"),
        ({"first_day": "1 May", "last_day": "2026-01-01"}, "/first_day", "invalid"),
        ({"first_day": "0001-01-01", "last_day": "2026-01-01"}, "/first_day", "min_value"),
        ({"first_day": "2026-01-01", "last_day": "9999-12-31"}, "/last_day", "max_value"),
        ({"group": "weather"}, "/group", "invalid_choice"),
        ({"office": "x"}, "/office", "invalid"),
        ({"person": "x"}, "/person", "unknown_parameter"),
    ],
)
def test_what_cannot_be_asked(world: World, query: dict[str, str], pointer: str, code: str) -> None:
    refused = world.dan.client.get("insights/figures", **query)
    assert refused.status_code == 400
    assert [(error["pointer"], error["code"]) for error in refused.data["errors"]] == [(pointer, code)]


def test_it_costs_the_same_whatever_there_is(world: World) -> None:
    client = world.dan.client
    filed(world)
    counted()
    client.get("insights/figures")
    with CaptureQueriesContext(connection) as few:
        client.get("insights/figures")
    for number in range(20):
        filed(world, ("F02", "B06", "S02")[number % 3], ago=timedelta(days=2 * number))
    counted()
    with CaptureQueriesContext(connection) as more:
        client.get("insights/figures")
    assert len(few) == len(more) <= 12


def test_what_was_merged_is_counted_once(world: World) -> None:
    earlier, later = filed(world, ago=timedelta(hours=1)), filed(world)
    assert world.bob.client.act(later.id, "merge", into=earlier.reference).status_code == 200
    counted()
    found = world.dan.client.get("insights/figures").data
    assert (found["total"]["filed"], found["total"]["repeats"], found["ages"][0]) == (1, 0, 1)
    assert world.bob.client.act(later.id, "unmerge", note="Another door.").status_code == 200
    counted()
    assert world.dan.client.get("insights/figures").data["total"]["filed"] == 2
