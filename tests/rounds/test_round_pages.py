"""The pages of rounds: all well in one tap from the home page, the checklist, the board, and the bureau by school."""

from typing import Any

from django.test import Client as Browser
from django.urls import reverse

from backend.rounds.models import Round, RoundAnswer, RoundState, Said
from backend.rounds.selectors.board import schools_of_day
from backend.rounds.services.making import rounds_make
from tests.rounds.conftest import at, opened, round_of
from tests.rounds.test_answering import WELL, say
from tests.rounds.test_missing import told
from tests.world import Member, World


def browser_of(member: Member) -> Browser:
    """Return the pages as somebody uses them who has signed in."""
    browser = Browser(headers={"accept-language": "en"})
    browser.force_login(member.user)
    return browser


def tomorrow(world: World) -> dict[str, str]:
    """Return the choice of tomorrow's board."""
    return {"day": f"{at(world, '12:00'):%F}"}


def post(browser: Browser, row: Round, body: dict[str, Any], *, how: str = "round_answer") -> Any:
    """Send a form of a round."""
    return browser.post(reverse(f"portal:{how}", args=[row.id]), body)


def test_all_well_is_one_tap_on_the_home_page_and_a_second_tap_adds_nothing(live_world: World) -> None:
    row = opened(live_world)
    bob = browser_of(live_world.bob)
    page = bob.get("/").content.decode()
    assert page.index("Today&#x27;s rounds" if "Today&#x27;s" in page else "Today's rounds") < page.index(
        "Report something"
    )
    assert f"/rounds/{row.id}/answer" in page
    for _tap in range(2):
        done = post(bob, row, {"said": "all_well", "home": ""})
        assert (done.status_code, done.headers["Location"]) == (302, "/")
    assert [answer.said for answer in RoundAnswer.objects.all()] == [Said.ALL_WELL]
    assert f"/rounds/{row.id}/answer" not in bob.get("/").content.decode()
    assert "Today's rounds" not in browser_of(live_world.alice).get("/").content.decode()


def test_the_checklist_says_what_is_not_well_and_a_refusal_keeps_what_was_typed(live_world: World) -> None:
    row = opened(live_world)
    bob = browser_of(live_world.bob)
    assert "There is no new hazard in our rooms" in bob.get(f"/rounds/{row.id}").content.decode()
    typed = {"said": "all_well", "item-no-hazard": "no", "item-absent": "2", "words": "东门对讲机坏了"}
    refused = post(bob, row, typed)
    page = refused.content.decode()
    assert refused.status_code == 400
    assert "A line says no" in page
    assert "东门对讲机坏了" in page
    assert post(bob, row, {**typed, "item-absent": "two"}).status_code == 400
    assert post(bob, row, {**typed, "said": "to_report"}).status_code == 302
    answer = RoundAnswer.objects.get()
    assert (answer.values, answer.words) == ({"no-hazard": False, "absent": 2}, "东门对讲机坏了")
    assert post(bob, row, {"said": "all_well"}).status_code == 302
    page = bob.get(f"/rounds/{row.id}").content.decode()
    assert page.index("All well") < page.index("东门对讲机坏了")
    assert "Correction" in page


def test_the_board_shows_who_is_missing_first_and_what_was_said(live_world: World) -> None:
    row = opened(live_world)
    say(live_world.bob.client, row, {"said": "to_report", "words": "东门对讲机坏了"})
    say(live_world.carol.client, round_of(live_world, "facilities"), WELL)
    told(at(live_world, "18:00"))
    cleo = browser_of(live_world.cleo)
    assert '<a href="/rounds">Daily report missing since' in cleo.get("/notices").content.decode()
    page = cleo.get("/rounds", tomorrow(live_world)).content.decode()
    order = [page.index(f'id="group-{group}"') for group in ("missing", "to_report", "all_well")]
    assert order == sorted(order)
    assert "东门对讲机坏了" in page
    excused = post(cleo, round_of(live_world, "health-room"), {"reason": "校医外出培训"}, how="round_excuse")
    assert excused.status_code == 302
    assert round_of(live_world, "health-room").state == RoundState.EXCUSED
    assert "校医外出培训" in cleo.get("/rounds", tomorrow(live_world)).content.decode()
    assert post(cleo, row, {"reason": ""}, how="round_excuse").status_code == 400
    own = browser_of(live_world.ben).get("/rounds", tomorrow(live_world)).content.decode()
    assert "Security office" in own
    assert "Facilities office" not in own


def test_the_bureau_reads_it_school_by_school_in_three_statements(
    live_world: World, django_assert_max_num_queries: Any
) -> None:
    opened(live_world)
    told(at(live_world, "18:00"))
    olga = browser_of(live_world.olga)
    page = olga.get("/rounds", tomorrow(live_world)).content.decode()
    for site in (live_world.home, live_world.elsewhere):
        assert site.school.name_en in page
    one = olga.get("/rounds", {**tomorrow(live_world), "school": str(live_world.school.id)}).content.decode()
    assert "Security office" in one
    assert live_world.elsewhere.school.name_en not in one
    day = at(live_world, "12:00").date()
    actor = live_world.olga.actor
    with django_assert_max_num_queries(3):
        boards = schools_of_day(actor=actor, day=day, now=at(live_world, "18:00"))
        assert [(board.missing, board.all_well) for board in boards] == [(6, 0), (6, 0)]
    assert olga.get("/rounds", {"day": "2026-13-45", "school": "no"}).status_code == 200


def test_a_round_of_others_is_not_there(live_world: World) -> None:
    row = opened(live_world)
    for name in ("alice", "mallory"):
        browser = browser_of(live_world.members[name])
        assert browser.get(f"/rounds/{row.id}").status_code == 404
        assert post(browser, row, {"said": "all_well"}).status_code == 404
    assert post(browser_of(live_world.dan), row, {"said": "all_well"}).status_code == 403
    assert browser_of(live_world.bob).get(f"/rounds/{row.id}/answer").status_code == 302
    assert browser_of(live_world.dan).get(f"/rounds/{row.id}/excuse").status_code == 302


def test_a_day_on_which_nothing_has_opened_yet_says_what_is_planned(live_world: World) -> None:
    """It read as if nothing were asked at all, before the first opens in the morning and on the days to come."""
    rounds_make(now=live_world.now)
    planned = Round.objects.filter(day=at(live_world, "12:00").date())
    for member, known in (
        (live_world.cleo, planned.filter(school=live_world.school)),
        (live_world.olga, planned),
        (live_world.ben, planned.filter(unit=live_world.home.units["security"])),
    ):
        page = browser_of(member).get("/rounds", tomorrow(live_world)).content.decode()
        assert f"{known.count()} round" in page
    far = {"day": f"{at(live_world, '12:00', days=60):%F}"}
    assert "that you may see" in browser_of(live_world.cleo).get("/rounds", far).content.decode()
