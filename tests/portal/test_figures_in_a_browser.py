"""Today and the figures in a real browser: from a number to the one ticket in two taps, and reachable by everybody."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser import OpenPage
from tests.insights.conftest import counted, filed
from tests.portal.test_in_a_browser import DESKTOP, assert_fits, assert_sound, complaints_of
from tests.world import World

pytestmark = pytest.mark.slow("tests/portal/test_figures_page.py")


def test_a_principal_gets_from_today_to_the_one_ticket_in_two_taps_and_reads_the_figures(
    committed_world: World, open_page: OpenPage
) -> None:
    world = committed_world
    page = open_page("/figures", world.dan)
    expect(page.get_by_text("Nothing was reported in this period yet.")).to_be_visible()
    assert page.locator(".chart").count() == 0
    ticket = filed(world, "F01", ago=timedelta(minutes=20))
    filed(world, "B06", ago=timedelta(days=3))
    for _number in range(6):
        filed(world, "S02", ago=timedelta(days=40))
    counted()
    page.goto("/today")
    page.locator(".number-red").click()
    page.locator(".row", has_text=ticket.reference).click()
    expect(page).to_have_url(re.compile(f"/tickets/{ticket.id}"))
    expect(page.get_by_text(ticket.reference).first).to_be_visible()
    seen = complaints_of(page)
    for width, path, look in ((360, "/figures", assert_sound), (DESKTOP, "/figures?weeks=52", assert_fits)):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(path)
        page.locator(".figure details summary").first.click()
        look(page)
    assert seen == []
