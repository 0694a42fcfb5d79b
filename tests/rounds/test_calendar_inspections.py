"""Inspections that the calendar brings: made ahead, once for each time of the year, as the school has set them."""

from copy import deepcopy
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.test import Client

from backend.organisation.models import Place
from backend.rounds.models import Inspection, Round, RoundState
from backend.rounds.selectors.inspections import places_to_inspect
from backend.rounds.services.campaigns import inspections_make, school_inspections_make
from backend.rounds.services.inspecting import MOST_A_DAY, inspection_store
from backend.rounds.services.making import rounds_make
from backend.rulebook.models import SchoolRulebook
from backend.rulebook.recurring import occasions
from backend.rulebook.round_rules import Comes
from backend.rulebook.selectors import ruleset_get
from backend.rulebook.services import rulebook_activate, rulebook_load
from tests.rounds.conftest import SHANGHAI, at
from tests.rounds.test_inspections import ask
from tests.rounds.test_missing import told
from tests.rounds.test_round_pages import browser_of
from tests.setup.test_plan_changes import ada, change  # noqa: F401 - a fixture
from tests.world import World

CHANGE = "round-plans/INSPECT_ELEC/change"
TIMES: dict[str, Any] = {"opens": "08:00", "due": "17:00", "late_after": 60}
OWN = {"days": 5, "month": 1}


def is_school_day(day: date) -> bool:
    """Say that weekends and the first week of October are free."""
    return day.weekday() < 5 and not date(2026, 10, 1) <= day <= date(2026, 10, 7)


def times(comes: Comes, since: date, until: date, *terms: date) -> list[tuple[str, str, str]]:
    """Return the code and the days of each time at which something comes."""
    found = occasions(comes, since=since, until=until, terms=terms, is_school_day=is_school_day)
    return [(one.code, f"{one.opens_on:%m-%d}", f"{one.due_on:%m-%d}") for one in found]


def test_the_times_of_a_year_open_on_school_days_and_end_before_the_holidays() -> None:
    since, until = date(2026, 8, 20), date(2026, 11, 30)
    assert times(Comes(7, month=1), since, until) == [
        ("month:2026-09", "09-01", "09-07"),
        ("month:2026-10", "10-08", "10-14"),
        ("month:2026-11", "11-02", "11-08"),
    ]
    assert times(Comes(7, week=4), date(2026, 9, 17), date(2026, 10, 16)) == [
        ("week:2026-W38", "09-17", "09-23"),
        ("week:2026-W39", "09-24", "09-30"),
        ("week:2026-W41", "10-08", "10-14"),
        ("week:2026-W42", "10-15", "10-21"),
    ], "a free week has none"
    assert times(Comes(7, week=2), date(2026, 10, 6), date(2026, 10, 8)) == [("week:2026-W41", "10-08", "10-12")]
    assert times(Comes(7, week=7), date(2026, 9, 21), date(2026, 10, 16)) == [
        ("week:2026-W38", "09-21", "09-26"),
        ("week:2026-W39", "09-28", "10-03"),
        ("week:2026-W40", "10-08", "10-10"),
        ("week:2026-W41", "10-12", "10-17"),
    ], "on a Sunday it never came"
    assert times(Comes(7, term=True), since, until, date(2026, 8, 30)) == [("term:2026-08-30", "08-31", "09-06")]
    assert times(Comes(7, holidays=7), since, until) == [("holidays:2026-10-01", "09-24", "09-30")]
    assert times(Comes(9, year="11-07"), since, until) == [("year:2026", "11-09", "11-17")]
    every = occasions(
        Comes(7, month=1, holidays=7), since=since, until=until, terms=(), is_school_day=lambda _day: True
    )
    assert [one.sort for one in every] == ["month"] * 3, "without a calendar there are no holidays"


def before_a_month(world: World, days: int = 3) -> datetime:
    """Return noon so many days before a month that is to come begins."""
    first = (world.now.astimezone(SHANGHAI).replace(day=1) + timedelta(days=70)).replace(day=1)
    return (first - timedelta(days=days)).replace(hour=12, minute=0, second=0, microsecond=0)


def comes(world: World, **times_of_year: Any) -> None:
    """Take rules into use by which the wiring, and nothing else, is looked at by the calendar."""
    content = deepcopy(SchoolRulebook.objects.get(school=world.school).version.content)
    for code, plan in content["rounds"]["plans"].items():
        plan.pop("comes", None)
        if code == "INSPECT_ELEC" and times_of_year:
            plan.update({"opens": "08:00", "comes": times_of_year})
    version, _new = rulebook_load(content=content, now=world.now)
    rulebook_activate(school=world.school, version=version, now=world.now)


def made(world: World, now: datetime) -> int:
    """Bring the inspections of our school in step; return how many changed."""
    return school_inspections_make(
        school=world.school, version_id=SchoolRulebook.objects.get(school=world.school).version_id, now=now
    )


def test_it_is_made_ahead_once_and_follows_what_changes_until_it_opens(live_world: World) -> None:
    world, now = live_world, before_a_month(live_world)
    comes(world, **OWN)
    assert inspections_make(now=now) >= 1, "of every school, as the task makes them"
    assert made(world, now) == 0
    assert made(world, now + timedelta(minutes=10)) == 0, "not twice for a period"
    (row,) = Inspection.objects.filter(school=world.school)
    opens = (now + timedelta(days=3)).replace(hour=8)
    assert (row.at, row.due_at, row.by) == (opens, opens.replace(hour=17) + timedelta(days=4), None)
    rounds_make(now=now + timedelta(minutes=11))
    assert not Round.objects.filter(plan="INSPECT_ELEC", state=RoundState.DROPPED).exists()
    security = world.home.units["security"]
    Place.objects.create(school=world.school, owner=security, code="gate", name_zh="大门", name_en="Main gate")
    assert made(world, now + timedelta(minutes=20)) == 2, "with another place it is another one"
    assert made(world, now + timedelta(minutes=30)) == 0
    comes(world, days=3, month=15)
    assert made(world, now + timedelta(minutes=40)) == 1, "it comes on another day, and not this week"
    held = Round.objects.filter(plan="INSPECT_ELEC").exclude(state=RoundState.DROPPED)
    assert not held.exists()
    comes(world, **OWN)
    assert made(world, now + timedelta(minutes=50)) == 1
    call_command("rounds_audit", stdout=StringIO())
    told(opens + timedelta(minutes=1))
    assert {(one.state, one.unit) for one in held} >= {(RoundState.OPEN, security)}
    comes(world, days=5, month=4)
    assert made(world, opens + timedelta(hours=2)) == 0, "this month was looked over already"


def test_its_offices_read_before_that_it_comes_and_are_asked_when_it_opens(live_world: World) -> None:
    world = live_world
    comes(world, days=5, month=1)
    row = Inspection(
        school=world.school,
        rulebook_id=SchoolRulebook.objects.get(school=world.school).version_id,
        plan="INSPECT_ELEC",
        occasion="month:2026-01",
        at=at(world, "08:00"),
        due_at=at(world, "17:00", days=5),
    )
    plan = ruleset_get(row.rulebook_id).round_plans[row.plan]
    looking = places_to_inspect(school=world.school, ids=())
    inspection_store(inspection=row, plan=plan, looking=looking, now=world.now)
    (coming,) = world.carol.client.get("inspections/coming").data
    assert (coming["plan"], coming["reason"], coming["id"]) == ("INSPECT_ELEC", "Each month", str(row.id))
    assert [world.members[who].client.get("inspections/coming").data for who in ("ben", "mallory")] == [[], []]
    assert world.carol.client.get("inspections").data["items"] == []
    page = browser_of(world.carol).get("/inspections").content.decode()
    assert "Coming by the calendar" in page
    assert {"carol"} <= told(at(world, "08:01")).keys()
    (listed,) = world.carol.client.get("inspections").data["items"]
    assert (listed["by"], listed["reason"]) == (None, "Each month")
    assert "By the calendar" in browser_of(world.carol).get(f"/inspections/{row.id}").content.decode()


def test_a_school_sets_the_times_by_the_api_and_on_the_page(world: World, ada: Client) -> None:  # noqa: F811
    refused = change(world, "round-plans/DAILY_REPORT/change", comes=OWN)
    assert refused.data["errors"][0]["code"] == "plan_comes_not"
    assert change(world, CHANGE, **TIMES, comes={"month": 1}).data["errors"][0]["code"] == "plan_comes_not"
    taken = change(world, CHANGE, **TIMES, comes=OWN)
    assert (taken.status_code, taken.data["comes"]["month"], taken.data["comes"]["term"]) == (200, 1, False)
    assert change(world, CHANGE, **{**TIMES, "late_after": 30}).data["comes"]["month"] == 1, "left out, it stays"
    page = ada.get("/rules/rounds/INSPECT_ELEC")
    assert "Each month from this day on" in page.content.decode()
    times_of_year = {"days": "5", "week": "3", "month": "2", "year": "13-01"}
    sent = {**TIMES, "is_on": "on", "seen": page.context["seen"], **times_of_year}
    assert ada.post("/rules/rounds/INSPECT_ELEC", sent).status_code == 400
    assert ada.post("/rules/rounds/INSPECT_ELEC", {**sent, "year": ""}).status_code == 302
    said = ada.get("/rules/rounds").content.decode()
    assert "by itself each week from Wednesday on; each month from day 2 on, within 5 days" in said
    assert 'value="3" selected' in ada.get("/rules/rounds/INSPECT_ELEC").content.decode()
    assert change(world, CHANGE, **TIMES, comes={}).data["comes"] is None


def test_a_leader_asks_for_so_many_in_a_day(live_world: World) -> None:
    world = live_world
    with_calendar = [ask(world).status_code for _number in range(MOST_A_DAY)]
    assert with_calendar == [201] * MOST_A_DAY
    assert ask(world).data["code"] == "too_many_inspections"
    assert ask(world, "vera").status_code == 201, "each for themselves"
    assert "Coming by the calendar" not in browser_of(world.dan).get("/inspections").content.decode()
