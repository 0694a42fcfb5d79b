"""A response plan from its start to its end in a real browser, on a phone, in both languages."""

import pytest
from playwright.sync_api import expect

from backend.common.clock import database_now
from backend.response.models import Response, ResponseTask
from backend.workflow.models import Ticket
from backend.workflow.services import tickets_route
from tests.browser import OpenPage
from tests.portal.test_in_a_browser import assert_sound
from tests.world import World

pytestmark = pytest.mark.slow("tests/response/test_plan_pages.py")


def test_a_plan_is_started_answered_and_ended_with_few_taps(committed_world: World, open_page: OpenPage) -> None:
    world = committed_world
    filed = world.alice.client.post("reports", world.report_body(category="F01"))
    tickets_route(ticket_ids=[filed.data["ticket"]], now=database_now())
    ticket = Ticket.objects.get(reference=filed.data["reference"])
    dan = open_page(f"/tickets/{ticket.id}", world.dan, language="zh-hans")
    dan.get_by_role("button", name="启动预案：火灾").click()
    expect(dan.get_by_role("heading", name="火灾")).to_be_visible()
    assert_sound(dan)
    carol = open_page("/", world.carol)
    assert_sound(carol)
    carol.get_by_role("link", name="Cut power and gas").click()
    carol.get_by_role("button", name="I am there").click()
    expect(carol.locator(".flash")).to_be_visible()
    carol.get_by_role("button", name="Done").first.click()
    expect(carol.locator(".flash")).to_be_visible()
    assert_sound(carol)
    assert ResponseTask.objects.get(step="power-off").done_by_id == world.carol.person.id
    dan.reload()
    dan.get_by_text("结束预案").click()
    dan.locator("#words").fill("火已扑灭，人员齐全")
    dan.get_by_role("button", name="宣布结束").click()
    expect(dan.locator(".flash")).to_be_visible()
    assert Response.objects.get().ended_words == "火已扑灭，人员齐全"
    dan.goto("/plans/RP-FIRE")
    assert_sound(dan)
    dan.goto("/plans")
    assert_sound(dan)
