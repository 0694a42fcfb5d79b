"""Response plans: approved until a day, read and confirmed by whoever they ask, and what each lacks."""

from datetime import timedelta
from typing import Any

from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backend.common.clock import database_now
from backend.notifications.models import Notice
from backend.notifications.news_standing import news_standing
from backend.notifications.sentences import news_headline
from backend.notifications.tasks import tell_plans
from backend.response.models import ResponseApproval
from backend.response.selectors.plans import Lack, lacks_of, plan_standing
from backend.rulebook.fitting import Fit, content_fitted, fit_of, offices_asked
from backend.rulebook.reading import ruleset_from_content
from backend.rulebook.validation import rulebook_errors
from tests.notifications.hands import only_staff
from tests.world import World, rulebook_content

FIRE = "response-plans/RP-FIRE"


def approve(world: World, who: str = "dan", **body: Any) -> Any:
    """Approve the plan for fires."""
    return world.members[who].client.post(f"{FIRE}/approve", body)


def test_a_plan_is_approved_read_by_those_it_asks_and_says_who_has_not(world: World) -> None:
    plans = {row["code"]: row for row in world.alice.client.get("response-plans").data}
    assert len(plans) == 8
    assert plans["RP-FIRE"]["lacks"] == ["not_approved", "nobody"], "nobody holds a post in the school office"
    assert world.alice.client.post(f"{FIRE}/approve").data["code"] == "not_plan_approver"
    assert world.bob.client.post(f"{FIRE}/confirm").data["code"] == "plan_not_approved"
    shown = approve(world).data
    assert (shown["holds"], shown["approval"]["number"], shown["lacks"]) == (True, 1, ["nobody"])
    assert [person["name"] for person in shown["unread"]] == ["Ben", "Bob", "Carol"]
    tell_plans()
    told = list(Notice.objects.filter(kind="response.approved").select_related("person"))
    assert {notice.person.name for notice in told} == {"Ben", "Bob", "Carol"}
    assert "“Fire”" in news_headline(kind=told[0].kind, params=told[0].params)
    assert world.alice.client.post(f"{FIRE}/confirm").data["code"] == "not_your_plan"
    for _again in range(2):
        read = world.bob.client.post(f"{FIRE}/confirm")
        assert (read.status_code, read.data["has_read"], read.data["unread"]) == (200, True, [])
    listed = world.vera.client.get(FIRE).data
    assert [[person["name"] for person in listed[names]] for names in ("read", "unread")] == [["Bob"], ["Ben", "Carol"]]
    again = approve(world, "vera").data
    assert (again["approval"]["number"], len(again["unread"])) == (2, 3), "each version is read anew"
    assert news_standing(notices=told, now=database_now()) == [], "what was approved before needs no reading"
    tell_plans()
    latest = list(Notice.objects.filter(kind="response.approved").exclude(id__in=[notice.id for notice in told]))
    world.bob.client.post(f"{FIRE}/confirm")
    only_staff(world, world.carol.person)
    left = news_standing(notices=latest, now=database_now())
    assert [notice.person.name for notice in left] == ["Ben"], "one has read it, and one holds the post no more"
    with transaction.atomic(), CaptureQueriesContext(connection) as one:
        world.bob.client.get(FIRE)
    with transaction.atomic(), CaptureQueriesContext(connection) as all_of_them:
        world.bob.client.get("response-plans")
    assert len(one) == len(all_of_them)
    with transaction.atomic():
        try:
            ResponseApproval.objects.update(last_day="2099-01-01")
        except ProgrammingError:
            return
    raise AssertionError("an approval never changes")


def test_an_approval_ends_on_its_day_and_with_every_other_word_of_the_plan(world: World) -> None:
    today = world.now.date()
    for day in (today - timedelta(days=2), today + timedelta(days=400)):
        refused = approve(world, last_day=day.isoformat())
        assert (refused.status_code, refused.data["errors"][0]["code"]) == (400, "last_day_wrong")
    approve(world, last_day=(today + timedelta(days=9)).isoformat())
    standing = plan_standing(actor=world.dan.actor, code="RP-FIRE", now=world.now)
    after = plan_standing(actor=world.dan.actor, code="RP-FIRE", now=world.now + timedelta(days=12))
    assert (standing.holds, after.holds, Lack.EXPIRED in after.lacks) == (True, False, True)
    other = ruleset_from_content(rulebook_content()).response_plans["RP-FOOD"]
    assert lacks_of(plan=other, approval=standing.approval, asked=[], day=today) == [Lack.CHANGED]
    assert world.mallory.client.get(FIRE).data["approval"] is None, "another school approves its own"
    assert world.olga.client.get("response-plans").data == []
    for path in ("RP-NONE", "RP-FIRE"):
        assert world.olga.client.get(f"response-plans/{path}").status_code == 404


def test_a_school_has_its_own_offices_and_plans_in_the_rulebook_that_is_fitted_to_it() -> None:
    preset = rulebook_content()
    fit = Fit({code: f"our-{code}" for code in offices_asked(preset)}, preset_above := fit_of(preset, preset).above)
    own = content_fitted(preset, fit)
    assert rulebook_errors(own) == []
    steps = own["response_plans"]["plans"]["RP-FIRE"]["steps"]
    assert [step["office"] for step in steps if "office" in step][:2] == ["our-facilities", "our-security"]
    steps.pop()
    again = content_fitted(preset, fit_of(preset, own))
    assert (again["response_plans"], fit_of(preset, own).above) == (own["response_plans"], preset_above)
