"""The school's own report to the bureau: after its offices', by the leader on duty, and never silent over a P1."""

from copy import deepcopy
from typing import Any

import pytest
from django.urls import reverse

from backend.deadlines.services import fire_due
from backend.organisation.models import School, Unit
from backend.organisation.roles import Role
from backend.rounds.models import Round, RoundAnswer, RoundState, Said
from backend.rounds.selectors.rollup import roll_up_of
from backend.rounds.services.making import rounds_make
from backend.rulebook.services import rulebook_activate, rulebook_load
from tests.portal.conftest import filed
from tests.rounds.conftest import at, opened, round_of
from tests.rounds.test_answering import WELL, say
from tests.rounds.test_missing import told
from tests.rounds.test_round_pages import browser_of, post, tomorrow
from tests.world import Member, World, member_add, rulebook_content

WORDS = "礼堂火情已扑灭，明早复查。"


@pytest.fixture
def dora(live_world: World) -> Member:
    """The leader on duty."""
    return member_add(live_world, "dora", [(Role.DUTY_LEADER, None, False)], site=live_world.home)


def school_round(world: World, school: School | None = None) -> Round:
    """Open the rounds of tomorrow evening and return a school's own."""
    opened(world)
    fire_due(now=at(world, "17:30"))
    return Round.objects.get(unit=None, school=school or world.school, day=at(world, "12:00").date())


def day_of(world: World) -> dict[str, Any]:
    """Return what the bureau reads of each school tomorrow."""
    rows = world.olga.client.get("rounds/schools", day=f"{at(world, '12:00'):%F}").data
    return {row["school_name"]: row for row in rows}


def test_the_leader_on_duty_reports_for_the_school_and_the_bureau_reads_it_school_by_school(
    live_world: World, dora: Member
) -> None:
    row = school_round(live_world)
    assert (row.state, row.assignee, row.due_at) == (RoundState.OPEN, dora.person, at(live_world, "18:30"))
    say(live_world.bob.client, round_of(live_world), {"said": "to_report", "words": "东门对讲机坏了"})
    say(live_world.carol.client, round_of(live_world, "facilities"), WELL)
    home = browser_of(dora)
    assert f"/rounds/{row.id}" in home.get("/").content.decode()
    assert f"/rounds/{row.id}/answer" not in home.get("/").content.decode(), "the day is read before it is said"
    page = home.get(f"/rounds/{row.id}").content.decode()
    assert all(words in page for words in ("1 / 6", "东门对讲机坏了", "Qinghe School", "Health room"))
    summed = dora.client.get(f"rounds/{row.id}/roll-up").data
    assert [one["said"] for one in summed["offices"]].count("all_well") == 1
    assert dora.client.get(f"rounds/{round_of(live_world).id}/roll-up").status_code == 404
    assert live_world.mallory.client.get(f"rounds/{row.id}/roll-up").status_code == 404
    assert live_world.bob.client.get("rounds/schools", day=f"{row.day:%F}").status_code == 403
    assert day_of(live_world)["Qinghe School"]["report"]["state"] == "open"

    assert post(home, row, {"said": "all_well", "home": ""}).status_code == 302
    seen = day_of(live_world)
    assert (seen["Qinghe School"]["report"]["said"], seen["Qinghe School"]["report"]["office"]) == ("all_well", None)
    assert (seen["Qinghe School"]["to_report"], seen["Nanshan School"]["report"]["said"]) == (1, None)
    heard = told(at(live_world, "19:00"), of_the_school=True)
    assert "dora" not in heard
    told(at(live_world, "20:00"))
    board = browser_of(live_world.olga).get("/rounds", tomorrow(live_world)).content.decode()
    assert board.index("Nanshan School") < board.index("Qinghe School"), "what is missing stands first"
    assert reverse("portal:round_detail", args=[row.id]) in board


def test_a_school_that_says_nothing_is_missing_and_climbs_to_principal_and_bureau(
    live_world: World, dora: Member
) -> None:
    row = school_round(live_world)
    assert [notice.params["what"] for notice in told(at(live_world, "18:30"), of_the_school=True)["dora"]] == ["due"]
    steps = {clock: set(told(at(live_world, clock), of_the_school=True)) for clock in ("19:00", "19:30", "20:00")}
    assert {"dora", "vera"} <= steps["19:00"]
    assert "dan" in steps["19:30"]
    assert "olga" in steps["20:00"]
    row.refresh_from_db()
    assert row.state == RoundState.MISSED
    assert say(live_world.dan.client, row, WELL).data["code"] == "not_asked"
    assert live_world.dan.client.post(f"rounds/{row.id}/excuse", {"reason": "值班领导住院"}).status_code == 200


def test_an_office_that_reports_twice_a_day_counts_once_by_what_needs_somebody_first(
    live_world: World, dora: Member
) -> None:
    content = deepcopy(rulebook_content())
    plans = content["rounds"]["plans"]
    plans["OWN_1"] = {**plans["DAILY_REPORT"], "name": {"zh": "午间报告", "en": "Noon report"}}
    version, _created = rulebook_load(content=content, now=live_world.now)
    rulebook_activate(school=live_world.school, version=version, now=live_world.now)
    rounds_make(now=at(live_world, "08:00"))
    fire_due(now=at(live_world, "17:30"))
    row = Round.objects.get(unit=None, school=live_world.school, day=at(live_world, "12:00").date())
    reports = Round.objects.filter(unit=live_world.home.units["security"], day=row.day).order_by("plan")
    assert [report.plan for report in reports] == ["DAILY_REPORT", "OWN_1"]
    say(live_world.bob.client, reports[0], WELL)
    say(live_world.bob.client, reports[1], {"said": "to_report", "words": "东门对讲机坏了"})
    summed = roll_up_of(actor=dora.actor, row=row, now=at(live_world, "17:45"))
    assert len(summed.offices) == len(live_world.home.units)
    assert [one.id for one in summed.to_report] == [reports[1].id]


def test_whoever_led_when_it_opened_reports_also_after_their_shift(live_world: World, dora: Member) -> None:
    """It was asked of them by name, and was not there for them once somebody else led."""
    row = school_round(live_world)
    assert live_world.alice.client.get(f"rounds/{row.id}").status_code == 404
    Round.objects.filter(id=row.id).update(assignee=live_world.alice.person)
    assert live_world.alice.client.get(f"rounds/{row.id}").status_code == 200
    assert say(live_world.alice.client, row, WELL).status_code == 200


def test_all_well_over_an_open_p1_takes_a_word(live_world: World, dora: Member) -> None:
    row = school_round(live_world)
    assert "One tap is enough" in browser_of(dora).get(f"/rounds/{row.id}").content.decode()
    ticket = filed(live_world.alice, live_world, category="F01").ticket
    assert "One tap is enough" not in browser_of(dora).get(f"/rounds/{row.id}").content.decode()
    refused = post(browser_of(dora), row, {"said": "all_well"})
    assert refused.status_code == 400
    page = refused.content.decode()
    assert "how it stands" in page
    assert ticket is not None
    assert ticket.reference in page
    assert say(dora.client, row, WELL).data["code"] == "urgent_unsaid"
    assert say(dora.client, row, {**WELL, "words": WORDS}).status_code == 200
    assert live_world.olga.client.get(f"rounds/{row.id}").data["answers"][0]["words"] == WORDS


def test_the_day_of_five_hundred_classes_is_summed_up_in_eight_statements(
    live_world: World, dora: Member, django_assert_max_num_queries: Any
) -> None:
    Unit.objects.bulk_create(
        Unit(school=live_world.school, kind=Unit.Kind.CLASS, code=f"c{n}", name_zh=f"{n}班", name_en=f"Class {n}")
        for n in range(500)
    )
    rounds_make(now=at(live_world, "05:00"))
    row = Round.objects.get(unit=None, school=live_world.school, day=at(live_world, "12:00").date())
    evening = at(live_world, "18:00")
    counts = {"due": 42, "present": 40, "fever": 1, "cough": 2}
    of_classes = Round.objects.filter(school=live_world.school, plan="MORNING_CHECK", day=row.day)
    for one in of_classes:
        RoundAnswer.objects.create(round=one, number=1, by=dora.person, at=evening, said=Said.ALL_WELL, values=counts)
    of_classes.update(
        state=RoundState.ANSWERED, said=Said.ALL_WELL, answered_at=evening, answer_count=1, opened_at=evening
    )
    with django_assert_max_num_queries(8):
        day = roll_up_of(actor=dora.actor, row=row, now=evening)
    (classes,) = day.classes
    assert (classes.answered_count, classes.totals["due"].least) == (500, 21000)
