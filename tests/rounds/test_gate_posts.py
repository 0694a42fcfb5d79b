"""The posts at the gate: each is said to be manned by whoever stands there, and an empty one is told within minutes."""

from datetime import datetime, time, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.calendars.models import CalendarDay
from backend.deadlines.services import fire_due
from backend.rounds.models import Round
from backend.rounds.selectors.posts import posts_manned
from backend.rounds.services.making import rounds_make
from tests.rounds.conftest import SHANGHAI, at
from tests.rounds.test_answering import WELL, say
from tests.rounds.test_making import calendar_of
from tests.rounds.test_missing import told
from tests.rounds.test_turns import held
from tests.world import World

EMPTY = {"said": "to_report", "items": [{"item": "manned", "ok": False}]}


def posts(world: World, clock: str = "07:15") -> list[Round]:
    """Open what opens by a time of tomorrow; return the rounds of the posts in their order."""
    fire_due(now=at(world, clock))
    return list(Round.objects.filter(school=world.school, opens_at=at(world, clock)).order_by("turn"))


def test_each_post_is_manned_by_one_person_and_an_empty_one_is_told_of_within_minutes(live_world: World) -> None:
    held(live_world, "GATE_ARRIVAL")
    observe, order, emergency = posts(live_world)
    ben, bob = live_world.ben, live_world.bob
    assert say(ben.client, observe, WELL).data["post"] == "Observing"
    with CaptureQueriesContext(connection) as done:
        assert say(ben.client, order, WELL).data["code"] == "at_another_post"
    held_back = [one["sql"] for one in done if "FOR NO KEY UPDATE" in one["sql"]]
    assert any('FROM "organisation_person"' in sql for sql in held_back), "of two taps at once the second waits"
    told(at(live_world, "07:20"))
    (missed,) = told(at(live_world, "07:25"))["vera"]
    assert [one["en"] for one in missed.params["offices"]] == ["Keeping order", "Emergencies"]
    assert "nobody has said" in str(missed.params) or missed.params["posts"]
    said = say(ben.client, emergency, EMPTY)
    (found,) = (item for item in said.data["checklist"] if item["key"] == "manned")
    assert (said.status_code, found["category"], found["is_starred"]) == (200, "S05", True)
    assert say(ben.client, observe, EMPTY, how="correct").status_code == 200
    assert say(ben.client, order, WELL).status_code == 200, "whoever has left one post may stand at another"
    assert say(live_world.mallory.client, order, WELL).status_code == 404
    stands = {
        answer.round_id: answer.by_id for answer in posts_manned(school_id=live_world.school.id, now=live_world.now)
    }
    assert stands == {}, "its time is still to come"
    later = at(live_world, "07:59")
    assert [(row.round_id, row.by_id) for row in posts_manned(school_id=live_world.school.id, now=later)] == [
        (order.id, ben.person.id)
    ]
    assert list(posts_manned(school_id=live_world.school.id, now=at(live_world, "08:00"))) == []
    assert bob.client.get(f"rounds/{order.id}").status_code == 200


def test_that_somebody_stands_there_is_not_said_afterwards(live_world: World) -> None:
    held(live_world, "GATE_ARRIVAL", made_at=at(live_world, "00:00", days=-2))
    fire_due(now=at(live_world, "07:15", days=-1))
    row = Round.objects.filter(school=live_world.school, opens_at=at(live_world, "07:15", days=-1)).first()
    assert row is not None
    assert say(live_world.ben.client, row, WELL).data["code"] == "post_over"
    assert say(live_world.ben.client, row, {"said": "to_report", "words": "三岗都在"}).status_code == 200


def test_windows_follow_the_school_s_hours_on_each_day(live_world: World) -> None:
    calendar = calendar_of(live_world.school, weekdays=range(7))
    half = at(live_world, "12:00", days=2).date()
    CalendarDay.objects.create(calendar=calendar, day=half, opens=time(9, 10), closes=time(11, 40))
    hours = {row.weekday: row for row in calendar.hours.all()}
    for code, clocks in (("GATE_ARRIVAL", ("opens", time(8, 40))), ("GATE_DISMISSAL", ("closes", time(11, 10)))):
        held(live_world, code)
        rows = Round.objects.filter(school=live_world.school, plan=code)
        opened = {row.day: row.opens_at.astimezone(SHANGHAI).time() for row in rows}
        usual = getattr(hours[at(live_world, "12:00").weekday()], clocks[0])
        before = (datetime.combine(half, usual) - timedelta(minutes=30)).time()
        assert (opened[at(live_world, "12:00").date()], opened[half]) == (before, clocks[1])
        assert {row.due_at - row.opens_at for row in rows} == {timedelta(minutes=5)}
    rounds_before = Round.objects.count()
    assert (rounds_make(now=at(live_world, "00:00")), Round.objects.count()) == (0, rounds_before)
