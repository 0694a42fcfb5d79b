"""Plans of rounds that a school switches off, shifts and adds: a new version, and what has not opened follows."""

import re
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.response import Response

from backend.accounts.models import User
from backend.administration.models import Change
from backend.organisation.models import Appointment, School, Unit
from backend.organisation.roles import Role
from backend.rounds.models import Round, RoundState
from backend.rulebook.fitting import content_fitted, fit_of
from backend.rulebook.reading import ruleset_from_content
from backend.rulebook.selectors import coverage_get
from backend.setup.selectors.presets import presets
from tests.browser import SignIn
from tests.roles import as_owner
from tests.rounds.conftest import at, opened
from tests.setup.test_clock_pages import content, rules_sent, version
from tests.world import World, member_add

pytestmark = pytest.mark.django_db
CHANGE = "round-plans/DAILY_REPORT/change"
TIMES: dict[str, Any] = {"opens": "12:00", "due": "17:30", "late_after": 30}

LADDER = (Role.DUTY_LEADER, Role.VICE_PRINCIPAL, Role.PRINCIPAL)


@pytest.fixture
def ada(world: World, signed_in: SignIn) -> Client:
    """The administrator of a school that is live and has two classes, with rules by which everybody is reached."""
    client = signed_in(member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home))
    client.post("/setup/rules", rules_sent(client))
    for code in ("1-1", "1-2"):
        names = {"name_zh": f"{code}班", "name_en": f"Class {code}"}
        world.home.units[code] = Unit.objects.create(school=world.school, kind=Unit.Kind.CLASS, code=code, **names)
        member_add(world, f"t{code}", [(Role.OFFICE_HEAD, code, False)], site=world.home)
    School.objects.filter(id=world.school.id).update(live_at=world.now - timedelta(days=400))
    User.objects.update(second_factor_at=world.now)
    return client


def change(world: World, path: str = CHANGE, **changes: object) -> Response:
    """Send a choice as the administrator."""
    return world.ada.client.post(path, {"seen": version(world), **TIMES, **changes})


def planned(world: World, plan: str, day: int = 2) -> dict[str, Any]:
    """Return what is planned of a plan on a day to come, by unit, with the time by which it is due."""
    rows = Round.objects.filter(
        school=world.school, plan=plan, state=RoundState.PLANNED, day=at(world, "12:00", days=day).date()
    )
    return {row.where.code: row.due_at for row in rows.select_related("unit")}


@pytest.mark.usefixtures("ada")
def test_the_school_is_locked_before_its_rules_as_special_periods_do(world: World) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert change(world, due="16:00", late_after=10, only=["security"]).status_code == 200
    locks = [query["sql"] for query in asked if "FOR NO KEY UPDATE" in query["sql"] or "FOR UPDATE" in query["sql"]]
    tables = [found[1] for sql in locks if (found := re.search(r'FROM "(organisation_school|rulebook_\w+)"', sql))]
    assert tables[0] == "organisation_school", tables
    assert "rulebook_schoolrulebook" in tables


def test_a_plan_is_shifted_and_narrowed_and_what_is_open_stays(world: World, ada: Client) -> None:
    row = opened(world)
    before = version(world)
    shown = change(world, due="16:00", late_after=10, only=["security"])
    assert (shown.status_code, shown.data["due"], shown.data["only"]) == (200, "16:00", ["security"])
    assert planned(world, "DAILY_REPORT") == {"security": at(world, "16:00", days=2)}
    row.refresh_from_db()
    assert (row.state, row.due_at, row.rulebook_id) == (RoundState.OPEN, at(world, "17:30"), before)
    made = Change.objects.filter(content_type__model="schoolrulebook").latest("id")
    assert (made.changes["version"], made.actor) == ([before, version(world)], world.ada.user)
    kept = world.ada.client.get("configuration").data["rulebook"]["rounds"]["plans"]["DAILY_REPORT"]
    assert (kept["due"], kept["late_after"], kept["only"]) == ("16:00", "10m", ["security"])

    assert change(world, is_off=True).data["is_off"] is True
    assert planned(world, "DAILY_REPORT") == {}
    assert set(planned(world, "MORNING_CHECK")) == {"1-1", "1-2"}
    assert len(change(world).data["only"]) == 0
    assert len(planned(world, "DAILY_REPORT")) == Unit.objects.filter(school=world.school, kind="office").count()


def test_a_plan_of_its_own_for_one_class_stays_when_the_offices_are_chosen_anew(world: World, ada: Client) -> None:
    noon: Any = {"is_on": "on", "opens": "11:30", "due": "12:30", "late_after": "10", "only": ["1-2"]}
    names = {"name_zh": "午检", "name_en": "Noon check"}
    page = ada.get("/rules/rounds/MORNING_CHECK/like")
    assert "Class 1-1" in page.content.decode()
    sent = ada.post("/rules/rounds/MORNING_CHECK/like", {"seen": page.context["seen"], **noon, **names})
    assert sent.headers["Location"] == "/rules/rounds"
    assert planned(world, "OWN_1") == {"1-2": at(world, "12:30", days=2)}
    assert "Noon check" in ada.get("/rules/rounds").content.decode()
    own, preset = content(world), presets()["cn-school"]
    again = content_fitted(preset, fit_of(preset, own))
    assert again["rounds"] == own["rounds"]
    added = change(world, "round-plans/add", like="DAILY_REPORT", name_zh="午间报告", name_en="Noon report")
    assert (added.data["code"], added.data["checklist"]) == ("OWN_2", "CK-DAY")


def test_a_school_with_boarders_switches_the_evening_check_on_for_their_classes(world: World, ada: Client) -> None:
    opened(world)
    assert planned(world, "EVENING_CHECK") == {}
    evening = {"opens": "18:30", "due": "21:30", "late_after": 10, "only": ["1-2"]}
    assert change(world, "round-plans/EVENING_CHECK/change", **evening).status_code == 200
    assert planned(world, "EVENING_CHECK") == {"1-2": at(world, "21:30", days=2)}
    assert set(planned(world, "MORNING_CHECK")) == {"1-1", "1-2"}


def test_what_makes_no_sense_is_refused_and_nothing_is_changed(world: World, ada: Client) -> None:
    before = version(world)
    refused = {
        "plan_times_not_in_order": change(world, due="11:00"),
        "max_value": change(world, late_after=500),
        "units_not_there": change(world, only=["1-1"]),
        "nothing_changed": change(world),
        "rulebook_changed": change(world, seen=before + 99, due="16:00"),
        "not_found": change(world, "round-plans/NOTHING/change"),
    }
    codes = {next(iter(said.data.get("errors") or [said.data]))["code"] for said in refused.values()}
    assert codes == set(refused)
    assert world.dan.client.post(CHANGE, {"seen": before, **TIMES}).data["code"] == "not_administrator"
    page = ada.post("/rules/rounds/DAILY_REPORT", {"seen": before, "is_on": "on", "opens": "12", "due": "11:00"})
    assert page.status_code == 400
    late = {"seen": before, "is_on": "on", "opens": "12:00", "due": "17:30", "late_after": "180"}
    assert "two hours after its time" in ada.post("/rules/rounds/DAILY_REPORT", late).content.decode()
    same_minute = {**late, "opens": "12:00:10", "due": "12:00:50", "late_after": "30"}
    assert "A round opens first" in ada.post("/rules/rounds/DAILY_REPORT", same_minute).content.decode()
    names = {"like": "DAILY_REPORT", "name_zh": "午间\n报告", "name_en": "Noon report"}
    assert change(world, "round-plans/add", **names).data["errors"][0]["pointer"] == "/name_zh"
    assert version(world) == before


def test_a_plan_that_would_reach_nobody_is_found_and_not_taken_up(world: World, ada: Client) -> None:
    stands = deepcopy(content(world))
    stands["rounds"]["plans"]["MORNING_CHECK"]["only"] = ["1-2", "9-9"]
    found = coverage_get(school=world.school, ruleset=ruleset_from_content(stands), since=world.now, days=1).findings
    assert [finding.text_en for finding in found] == [
        "“Morning check” is asked of these, which the school does not have: 9-9."
    ]
    assert change(world, "round-plans/MORNING_CHECK/change", is_off=True, only=["1-2"]).status_code == 200
    with as_owner():
        Appointment.objects.filter(post__role__in=LADDER, post__school=world.school).delete()
        Appointment.objects.filter(post__role=Role.BUREAU_OFFICER).delete()
    sent = {"seen": version(world), "is_on": "on", "opens": "06:30", "due": "08:30", "late_after": "10"}
    page = ada.post("/rules/rounds/MORNING_CHECK", sent)
    assert (page.status_code, version(world)) == (400, sent["seen"])
    assert "cannot be taken into use" in page.content.decode()


def test_gate_duty_follows_the_calendar_or_has_times_of_its_own_and_may_know_no_holiday(
    world: World, ada: Client
) -> None:
    path = "round-plans/GATE_ARRIVAL/change"
    times = {"opens": "07:15", "due": "07:20", "late_after": 5, "only": ["security"]}
    assert change(world, path, **times, every=60, until="09:00").data["errors"][0]["code"] == "posts_asked_once"
    assert change(world, follows_hours=True).data["errors"][0]["code"] == "plan_follows_no_hours"
    assert change(world, path, **times, follows_hours=True).data["follows_hours"]
    assert "from 30 minutes before school begins" in ada.get("/rules/rounds").content.decode()
    page = ada.get("/rules/rounds/GATE_ARRIVAL").content.decode()
    assert ("follows_hours" in page, 'name="every"' in page) == (True, False)
    set_to = change(world, path, **times, follows_hours=False, every_day=True).data
    assert [post["name"] for post in set_to["posts"]] == ["Observing", "Keeping order", "Emergencies"]
    assert (set_to["follows_hours"], set_to["every_day"], set_to["is_off"]) == (False, True, False)
    own, preset = content(world), presets()["cn-school"]
    assert content_fitted(preset, fit_of(preset, own))["rounds"] == own["rounds"]
    before = deepcopy(own)
    for part in ("posts", "around", "fixed_times"):
        del before["rounds"]["plans"]["GATE_ARRIVAL"][part]
    fitted = content_fitted(preset, fit_of(preset, before))
    assert fitted["rounds"] == own["rounds"], "whoever had set its times before gets the posts, and keeps the times"


def test_a_patrol_is_switched_on_with_its_places_and_its_turns(world: World, ada: Client) -> None:
    path, times = (
        "round-plans/PATROL/change",
        {"opens": "07:30", "due": "08:30", "late_after": 15, "only": ["security"]},
    )
    refused = {
        "plan_without_places": change(world, path, **times),
        "places_not_there": change(world, path, **times, route=["stairwell", "old-gate"]),
        "plan_turns_too_close": change(world, path, **times, route=["stairwell"], every=45, until="17:30"),
        "plan_turns_incomplete": change(world, path, **times, route=["stairwell"], every=90),
        "plan_goes_over_no_places": change(world, route=["stairwell"]),
    }
    assert {said.data["errors"][0]["code"] for said in refused.values()} == refused.keys()
    page = ada.get("/rules/rounds/PATROL")
    form = {"seen": page.context["seen"], "is_on": "on", **times, "every": "180", "until": "16:30"}
    assert "Choose the places" in ada.post("/rules/rounds/PATROL", form).content.decode()
    forgotten = ada.post("/rules/rounds/PATROL", {**form, "route": ["stairwell"], "every": ""})
    assert "Say both: how often" in forgotten.content.decode()
    sent = ada.post("/rules/rounds/PATROL", {**form, "route": ["stairwell", "teaching-building"]})
    assert sent.headers["Location"] == "/rules/rounds"
    day = at(world, "12:00", days=2).date()
    turns = Round.objects.filter(school=world.school, plan="PATROL", day=day).order_by("turn")
    assert [row.opens_at for row in turns] == [
        at(world, clock, days=2) for clock in ("07:30", "10:30", "13:30", "16:30")
    ]
    rules = ada.get("/rules/rounds").content.decode()
    assert "again every 180 minutes, until 16:30: 4 turns a day" in rules
    assert "Over: Stairwell, second floor → Teaching building" in rules
    own, preset = content(world), presets()["cn-school"]
    assert own["rounds"]["plans"]["PATROL"]["route"] == ["stairwell", "teaching-building"]
    assert content_fitted(preset, fit_of(preset, own))["rounds"] == own["rounds"]
    once = change(world, path, **times, every=0)
    assert (once.data["every"], once.data["until"], once.data["route"]) == (
        None,
        None,
        ["stairwell", "teaching-building"],
    )
