"""Two pages of one device may send the same report: the one that its writer looks at says what became of it."""

import pytest
from playwright.sync_api import Page, expect

from backend.incidents.models import Report
from backend.organisation.models import School
from backend.rounds.models import RoundAnswer
from tests.browser import OpenPage, until
from tests.portal.test_drafts_in_a_browser import HELD, typed
from tests.portal.test_reporting_in_a_browser import SEND, WORDS, received
from tests.rounds.conftest import opened
from tests.world import World

pytestmark = pytest.mark.slow("tests/portal/test_drafts_in_a_browser.py")
OUTBOX = """async () => {
    const address = [...document.scripts].map(({ src }) => src).find((src) => src.includes("/drafts."));
    const source = await (await fetch(address)).text();
    return new URL(source.match(/["'](\\.\\/outbox\\.[^"']*)["']/)[1], address).href;
}"""
QUEUE = """async (outbox) => {
    const { sendReports } = await import(outbox);
    navigator.locks.request("outbox", () => new Promise((go) => { window.go = go; }));
    window.sent = sendReports();
}"""
"""Hold the lock under which things are sent, and be the first who waits for it."""


def send_after(other: Page, page: Page, button: str = SEND) -> None:
    """Press send in a page while another is about to send all that waits, and let that other one go first."""
    other.evaluate(QUEUE, other.evaluate(OUTBOX))
    page.get_by_role("button", name=button).click()
    until(page, "async () => (await navigator.locks.query()).pending.length > 1")
    other.evaluate("async () => { window.go(); await window.sent; }")


def beside(page: Page) -> Page:
    """Open a second page of the same device."""
    other = page.context.new_page()
    other.goto("/reports")
    return other


def test_a_report_that_another_page_sent_has_its_receipt(committed_world: World, open_page: OpenPage) -> None:
    """It said "not sent yet" of a report that had arrived, for as long as the page was open."""
    page = open_page("/report", committed_world.alice)
    typed(page)
    send_after(beside(page), page)
    received(page)
    assert Report.objects.get().description == WORDS


def test_a_report_refused_to_another_page_says_why(committed_world: World, open_page: OpenPage) -> None:
    page = open_page("/report", committed_world.alice)
    send_after(beside(page), page)
    expect(page.get_by_role("alert").first).to_be_focused()
    page.goto("/report")
    page.wait_for_load_state("networkidle")
    assert page.evaluate(HELD, "papers") == []


def test_an_answer_of_a_round_that_another_page_sent_goes_on(committed_world: World, open_page: OpenPage) -> None:
    School.objects.update(live_at=committed_world.now)
    row = opened(committed_world)
    page = open_page(f"/rounds/{row.id}", committed_world.bob)
    send_after(beside(page), page, "All well")
    page.wait_for_url("**/rounds")
    assert [answer.said for answer in RoundAnswer.objects.all()] == ["all_well"]
