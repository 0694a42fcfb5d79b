"""The section `rounds` of a rulebook: what it says, what makes no sense in it, and plans that would reach nobody."""

from copy import deepcopy
from datetime import time, timedelta
from typing import Any

import pytest

from backend.organisation.models import Appointment
from backend.organisation.roles import Role
from backend.rulebook.changes import changes_between
from backend.rulebook.reading import ruleset_from_content
from backend.rulebook.round_rules import AnsweredBy, RoundKind
from backend.rulebook.selectors import coverage_get
from backend.rulebook.validation import rulebook_errors
from tests.roles import as_owner
from tests.world import World, rulebook_content

PLAN = ("rounds", "plans", "DAILY_REPORT")
SCHOOL = ("rounds", "plans", "SCHOOL_REPORT")
PATROL = ("rounds", "plans", "PATROL")
GATE = ("rounds", "plans", "GATE_ARRIVAL")
CLUSTER_RULES = (
    "+ cluster rule CLASS_ON_A_DAY added: 3 of fever or vomiting or rash in a day per class",
    "+ cluster rule CLASS_IN_THREE_DAYS added: 5 of fever or vomiting or rash in 3 days per class",
    "+ cluster rule SCHOOL_IN_A_WEEK added: 10 of fever or vomiting in 7 days per school",
    "+ cluster rule RASH_IN_A_WEEK added: 5 of rash in 7 days per school",
)
ITEMS = ("rounds", "checklists", "CK-DAY", "items")


def changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """Return the shipped rulebook with another value at one place."""
    content = deepcopy(rulebook_content())
    row: Any = content
    for step in path[:-1]:
        row = row[step]
    row[path[-1]] = value
    return content


def test_the_shipped_daily_report_asks_the_head_of_each_office_by_half_past_five() -> None:
    plan = ruleset_from_content(rulebook_content()).round_plans["DAILY_REPORT"]
    assert (plan.kind, plan.asked, plan.due) == (RoundKind.DAILY_REPORT, Role.OFFICE_HEAD, time(17, 30))
    assert plan.late_after == timedelta(minutes=30)
    assert [(str(rung.after), rung.tell[-1]) for rung in plan.rungs][-1] == ("1d", Role.BUREAU_OFFICER)
    absent = plan.checklist.item("absent")
    assert absent is not None
    assert (absent.kind, absent.category) == (AnsweredBy.COUNT, "")
    assert plan.checklist.item("nothing-such") is None


def test_a_rulebook_from_before_has_no_rounds() -> None:
    content = deepcopy(rulebook_content())
    del content["rounds"], content["periods"]
    assert rulebook_errors(content) == []
    before, after = ruleset_from_content(content), ruleset_from_content(rulebook_content())
    assert dict(before.round_plans) == {}
    assert changes_between(before=before, after=after) == [
        "+ plan of rounds DAILY_REPORT added: 每日报告 · Daily report",
        "+ plan of rounds SCHOOL_REPORT added: 学校日报 · The school's report",
        "+ plan of rounds MORNING_CHECK added: 晨检 · Morning check",
        "+ plan of rounds NOON_CHECK added: 午检 · Noon check",
        "+ plan of rounds EVENING_CHECK added: 晚检 · Evening check",
        "+ plan of rounds PATROL added: 校园巡查 · Patrol",
        "+ plan of rounds NIGHT_PATROL added: 宿舍夜间巡查 · Night patrol of dormitories",
        "+ plan of rounds LEADERS_WALK added: 校级领导巡查 · Leader's walk",
        "+ plan of rounds SWEEP added: 举一反三排查 · Looking at places alike",
        "+ plan of rounds GATE_ARRIVAL added: 上学校门值守 · Gate duty at arrival",
        "+ plan of rounds GATE_DISMISSAL added: 放学校门值守 · Gate duty at dismissal",
        "+ plan of rounds INSPECT_SITES added: 安全总检查 · General inspection",
        "+ plan of rounds INSPECT_FIRE added: 消防检查 · Fire inspection",
        "+ plan of rounds INSPECT_ELEC added: 用电检查 · Inspection of electricity",
        "+ plan of rounds INSPECT_FOOD added: 食堂检查 · Inspection of the canteen",
        "+ plan of rounds INSPECT_DORM added: 宿舍检查 · Inspection of dormitories",
        "+ plan of rounds INSPECT_BUILDINGS added: 校舍和操场检查 · Inspection of buildings and grounds",
        "+ plan of rounds INSPECT_LABS added: 实验室和危化品检查 · Inspection of laboratories",
        "+ plan of rounds INSPECT_BUSES added: 校车检查 · Inspection of school buses",
        *CLUSTER_RULES,
    ]


def test_what_changes_of_a_plan_is_said() -> None:
    before, after = (
        ruleset_from_content(content) for content in (rulebook_content(), changed((*PLAN, "due"), "16:00"))
    )
    assert changes_between(before=before, after=after) == ["~ plan of rounds DAILY_REPORT: due 17:30:00 → 16:00:00"]


@pytest.mark.slow("tests/rounds/test_plans.py", after=4)
@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ((*PLAN, "checklist"), "CK-NONE", "CK-NONE does not stand under checklists"),
        ((*PLAN, "due"), "11:00", "opens before it is due"),
        ((*PLAN, "late_after"), "2d", "is missing within a day after it was due"),
        ((*PLAN, "due"), "25:00", "'25:00' does not match"),
        ((*PLAN, "asked"), "principal", "of each office or class somebody who works there is asked"),
        ((*PLAN, "rungs", 0, "after"), "5m", "the first rung is at 0m"),
        ((*PLAN, "rungs", 1, "after"), "1hW", "'1hW' does not match"),
        ((*SCHOOL, "asked"), "handler", "of the whole school somebody who answers for it is asked"),
        ((*SCHOOL, "only"), ["security"], "what is asked of the whole school is asked once"),
        ((*PLAN, "kind"), "watching", "'watching' is not one of"),
        ((*PLAN, "of"), "classes", "a plan of this kind is asked of something else"),
        (("rounds", "plans", "SWEEP", "only"), ["security"], "named when it is asked for"),
        ((*PLAN, "route"), ["gate"], "only a patrol or a leader's walk goes over places"),
        ((*PATROL, "switched_off"), False, "name the places that are walked over"),
        ((*PATROL, "again"), {"every": "30m", "until": "17:30"}, "a turn is due before the next one opens"),
        ((*ITEMS, 0, "category"), "Z99", "name the category it is reported under"),
        ((*ITEMS, 3, "category"), "S05", "a number is no finding"),
        ((*ITEMS, 0, "delicate"), True, "only a number can be delicate"),
        ((*ITEMS, 1, "key"), "on-duty", "on-duty stands twice"),
        ((*ITEMS, 1, "kind"), "report", "a report of its own has a strictly confidential category"),
        ((*PLAN, "around"), {"edge": "begins", "before": "30m", "after": "15m"}, "only duty at the gate has posts"),
        ((*GATE, "around", "after"), "5h", "three hours at most"),
        ((*GATE, "posts", 1, "key"), "observe", "observe stands twice"),
        ((*GATE, "again"), {"every": "2h", "until": "17:00"}, "posts are asked once in a window"),
        ((*GATE, "checklist"), "CK-FIRE", "the checklist has a line manned"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(
    path: tuple[str | int, ...], value: object, expected: str
) -> None:
    errors = rulebook_errors(changed(path, value))
    assert any(expected in error and error.startswith("rounds/") for error in errors), errors


def test_a_plan_that_would_reach_nobody_is_a_finding_that_names_it(world: World) -> None:
    content = changed((*PLAN, "rungs"), [{"after": "0m", "tell": ["board_chair"]}])
    with as_owner():
        Appointment.objects.filter(post__role=Role.BUREAU_OFFICER).delete()
    found = coverage_get(school=world.school, ruleset=ruleset_from_content(content), since=world.now, days=1).findings
    (about,) = [finding for finding in found if "DAILY_REPORT" in finding.text_en]
    assert "Board chair" in about.text_en
    assert "DAILY_REPORT: step 1" in about.text_en
    assert "DAILY_REPORT" in about.text_zh


def test_plans_and_checklists_can_be_read(world: World) -> None:
    plans = {plan["code"]: plan for plan in world.alice.client.get("round-plans").data}
    morning = plans["MORNING_CHECK"]
    assert (morning["of"], morning["opens"], morning["due"], morning["late_after"]) == ("classes", "06:30", "08:30", 10)
    assert morning["rungs"][0] == {"after": "0m", "tell": ["office_head", "duty_leader"], "deputies": False}
    checklists = {row["code"]: row for row in world.alice.client.get("checklists").data}
    (due,) = [item for item in checklists[morning["checklist"]]["items"] if item["key"] == "due"]
    assert (due["is_required"], due["is_delicate"]) == (True, False)
    assert world.olga.client.get("round-plans").data == world.olga.client.get("checklists").data == []


def test_places_that_a_route_names_and_classes_that_are_asked_have_to_be_there(world: World) -> None:
    content = changed((*PATROL, "route"), ["stairwell", "old-gate"])
    del content["rounds"]["plans"]["PATROL"]["switched_off"]
    noon = content["rounds"]["plans"]["NOON_CHECK"]
    noon["of"] = noon.pop("switched_off") and "offices"
    found = coverage_get(school=world.school, ruleset=ruleset_from_content(content), since=world.now, days=1)
    (about,) = [finding for finding in found.findings if "old-gate" in finding.text_en]
    assert about.text_en == "“Patrol” leads over these places, which the school does not have: old-gate."
    assert [row.text_en.partition(".")[0] for row in found.findings if "count nowhere" in row.text_en] == [
        "“Noon check” (Health check later in the day) is asked of: Each office"
    ], "rules from before that no check has seen"
    assert [row.text_en.partition(",")[0] for row in found.warnings if "has no classes" in row.text_en] == [
        "“Morning check” is asked of nobody"
    ]
