"""A phone without a network: what was typed is kept for its writer, goes out by itself, and arrives once."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from django.test import override_settings
from playwright.sync_api import Page, expect

from backend.incidents.models import Report
from backend.portal import worker
from tests.browser import OpenPage, until
from tests.portal.test_drafts_in_a_browser import sign_in
from tests.portal.test_in_a_browser import assert_sound, complaints_of
from tests.portal.test_reporting_in_a_browser import SEND, received
from tests.world import World

WORDS = "The door of the stairwell is locked."
NOT_WOKEN = "delete ServiceWorkerRegistration.prototype.sync"
"""As in browsers that do not wake a service worker, whose requests no test sees."""


@pytest.fixture(autouse=True)
def worker_on(open_page: OpenPage) -> Iterator[None]:
    """Let the pages install the service worker, as they do."""
    with override_settings(SERVICE_WORKER=True):
        yield


def opened(page: Page, path: str = "/report") -> None:
    """Open a page once the service worker keeps the form."""
    page.goto(path)
    page.evaluate("navigator.serviceWorker.ready")
    until(page, "async () => (await caches.match('/report/shell')) && navigator.serviceWorker.controller")


def typed(page: Page) -> None:
    """Begin a report, and wait until the device has kept it."""
    page.get_by_text("Fire and electricity").click()
    page.locator(".tile").get_by_text("Escape route").click()
    page.locator("#description").fill(WORDS)
    expect(page.locator("[data-kept-here]")).to_be_visible()


def test_written_and_sent_without_a_network_it_arrives_once_by_itself(
    committed_world: World, open_page: OpenPage
) -> None:
    page = open_page("about:blank", committed_world.alice)
    complaints = complaints_of(page)
    opened(page)
    page.context.set_offline(True)
    page.goto(f"/report?place={committed_world.home.places['stairwell'].token}")
    expect(page.get_by_text("No connection. A report you write now")).to_be_visible()
    expect(page.locator("#place option:checked")).to_have_text(re.compile("tairwell"))
    typed(page)
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("heading", name="Kept on this device, not sent yet")).to_be_visible()
    expect(page.get_by_text("Waiting on this device: 1")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    expect(page.get_by_text("Waiting on this device: 1")).to_be_visible()
    assert_sound(page)
    assert Report.objects.count() == 0
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="The connection is back")).to_be_visible()
    expect(page.get_by_role("heading", name="No connection")).to_be_hidden()
    expect(page.get_by_text("A report that waited on this device has arrived.")).to_be_visible()
    page.get_by_role("link", name="See it").click()
    expect(page.get_by_text(WORDS)).to_be_visible()
    assert [report.description for report in Report.objects.all()] == [WORDS]
    # Nobody tells a page that opens once the device is connected again: it has to ask.
    page.goto("/offline")
    expect(page.get_by_role("heading", name="The connection is back")).to_be_visible()
    assert [text for text in complaints if "ERR_INTERNET_DISCONNECTED" not in text] == []


@pytest.mark.slow("tests/portal/test_offline_in_a_browser.py")
def test_a_page_that_is_left_as_the_report_goes_out_leaves_the_news_to_the_next(
    committed_world: World, open_page: OpenPage
) -> None:
    page = open_page("about:blank", committed_world.alice)
    page.add_init_script(NOT_WOKEN)
    opened(page)
    typed(page)
    page.context.set_offline(True)
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("heading", name="Kept on this device, not sent yet")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("[data-arrived=address]")).to_be_visible()
    page.goto("/")
    expect(page.get_by_text("A report that waited on this device has arrived.")).to_be_visible()
    page.get_by_role("link", name="See it").click()
    expect(page.get_by_text(WORDS)).to_be_visible()


@pytest.mark.slow("tests/portal/test_offline_in_a_browser.py")
def test_another_version_of_the_worker_takes_over_and_keeps_what_was_written(
    committed_world: World, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page("about:blank", committed_world.alice)
    page.add_init_script(NOT_WOKEN)
    with monkeypatch.context() as before:
        before.setattr(worker, "KEPT_FILES", worker.KEPT_FILES[:-1])
        opened(page)
        page.context.set_offline(True)
        page.goto("/report")
        typed(page)
        page.get_by_role("button", name=SEND).click()
        expect(page.get_by_role("heading", name="Kept on this device, not sent yet")).to_be_visible()
        page.goto("/report")
        page.locator("#description").fill("A second one.")
        expect(page.locator("[data-kept-here]")).to_be_visible()
        old = set(page.evaluate("caches.keys()"))
    page.context.set_offline(False)
    page.goto("/report")
    taken_over = (
        "(old) => caches.keys().then((names) => names.length === 2 && !names.some((name) => old.includes(name)))"
    )
    until(page, taken_over, list(old))
    assert len(old) == 2
    expect(page.get_by_text("A report that waited on this device has arrived.")).to_be_visible()
    page.context.set_offline(True)
    page.goto("/report")
    expect(page.locator("#description")).to_have_value("A second one.")
    assert [report.description for report in Report.objects.all()] == [WORDS]


@pytest.mark.slow("tests/portal/test_offline_in_a_browser.py")
def test_the_form_is_never_away_while_it_is_kept_anew(committed_world: World, open_page: OpenPage) -> None:
    """A network lost in that moment left no form at all."""
    page = open_page("about:blank", committed_world.alice)
    opened(page)
    missed = """async () => {
      let missed = 0;
      for (let turn = 0; turn < 600; turn += 1) {
        if (turn % 20 === 0) navigator.serviceWorker.controller.postMessage("refresh");
        if (!(await caches.match("/report/shell"))) missed += 1;
      }
      return missed;
    }"""
    assert page.evaluate(missed) == 0


@pytest.mark.slow("tests/portal/test_offline_in_a_browser.py")
def test_without_a_session_by_then_it_is_sent_after_signing_in_and_comes_back_with_its_text_where_it_is_refused(
    committed_world: World, open_page: OpenPage
) -> None:
    page = open_page("about:blank", committed_world.alice)
    opened(page)
    typed(page)
    page.get_by_text("When? Just now").click()
    page.locator("#occurred_at").fill("2099-01-01T08:00")
    page.context.set_offline(True)
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("heading", name="Kept on this device, not sent yet")).to_be_visible()
    Session.objects.all().delete()
    page.context.set_offline(False)
    page.wait_for_url("**/sign-in?next=**")
    page.wait_for_timeout(500)
    page.reload()  # the browser tells its service worker of the network a little later than its page
    sign_in(page, "alice")
    expect(page.get_by_role("alert")).to_contain_text("This was not accepted.")
    expect(page.get_by_role("alert")).to_contain_text("future")
    expect(page.locator("#description")).to_have_value(WORDS)
    assert_sound(page)
    page.locator("#occurred_at").fill(page.locator("#occurred_at").evaluate("(input) => input.defaultValue"))
    page.get_by_role("button", name=SEND).click()
    received(page)
    assert Report.objects.get().description == WORDS
    page.goto("/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-papers]")).to_be_hidden()
