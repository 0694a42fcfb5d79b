"""A word on a round that was said without a network stays on the device, arrives once, and corrects nobody."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from backend.organisation.models import School
from backend.rounds.models import RoundAnswer
from tests.browser import OpenPage
from tests.portal.test_in_a_browser import assert_sound
from tests.rounds.conftest import opened
from tests.rounds.test_answering import say
from tests.rounds.test_round_pages import browser_of, post
from tests.world import World


@pytest.mark.slow("tests/rounds/test_said_offline.py")
def test_all_well_without_a_network_is_kept_and_goes_out_once(committed_world: World, open_page: OpenPage) -> None:
    School.objects.update(live_at=committed_world.now)
    row = opened(committed_world)
    page = open_page("/", committed_world.bob)
    page.context.set_offline(True)
    page.get_by_role("button", name="All well").click()
    expect(page.get_by_text("What you said is kept on this device")).to_be_visible()
    expect(page.get_by_role("button", name="All well")).to_be_hidden()
    assert_sound(page)
    assert RoundAnswer.objects.count() == 0
    page.context.set_offline(False)
    arrived = page.locator("[data-arrived=said]")
    expect(arrived).to_be_visible()
    expect(arrived.get_by_role("link")).to_have_text("Daily report · Security office")
    page.goto("/")
    expect(page.get_by_text("Waiting on this device")).to_be_hidden()
    assert [(answer.round_id, answer.said) for answer in RoundAnswer.objects.all()] == [(row.id, "all_well")]
    page.goto(f"/rounds/{row.id}")
    page.get_by_text("Correct the answer").click()
    page.locator("#id_words").fill("The intercom of the east gate is broken.")
    page.get_by_role("button", name="Send: something to report").click()
    expect(page.get_by_role("heading", name="What was found")).to_be_visible()
    assert RoundAnswer.objects.count() == 2


def test_what_arrives_again_changes_nothing_and_what_comes_after_another_word_corrects_nobody(
    live_world: World,
) -> None:
    row = opened(live_world)
    bob, token = browser_of(live_world.bob), str(uuid4())
    kept = {"said": "all_well", "token": token, "seen": "0"}
    for _time in range(2):
        arrived = bob.post(f"/rounds/{row.id}/answer", kept, headers={"accept": "application/json"})
        assert (arrived.status_code, arrived.json()) == (201, {"address": "/rounds"})
    say(live_world.bob.client, row, {"said": "to_report", "words": "东门对讲机坏了"}, how="correct")
    assert post(bob, row, kept).status_code == 302
    late = bob.post(f"/rounds/{row.id}/answer", {**kept, "token": str(uuid4())}, headers={"accept": "application/json"})
    assert late.status_code == 409
    assert "answered already" in late.json()["errors"][0]
    assert [answer.said for answer in RoundAnswer.objects.order_by("number")] == ["all_well", "to_report"]
