"""Nothing typed is ever lost: a draft outlives tab, language, session and network, and is its writer's alone."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Frame, Page, expect

from backend.common.clock import database_now
from backend.incidents.models import Report
from backend.organisation.models import Appointment, School
from backend.workflow.models import TicketParticipant
from tests.browser import OpenPage, until
from tests.portal.test_in_a_browser import assert_sound
from tests.portal.test_reporting_in_a_browser import SEND, WORDS, received
from tests.rounds.conftest import opened
from tests.rounds.test_answering import say
from tests.rounds.test_findings import NOT_WELL
from tests.world import PASSWORD, World

SLOW = pytest.mark.slow("tests/portal/test_drafts_in_a_browser.py")
HELD = """(store) => new Promise((done) => {
    indexedDB.open("allclear").onsuccess = ({ target }) => {
        const rows = target.result.transaction(store).objectStore(store).getAll();
        rows.onsuccess = () => { target.result.close(); done(rows.result); };
    };
})"""
AGE = """() => new Promise((done) => {
    indexedDB.open("allclear").onsuccess = ({ target }) => {
        const transaction = target.result.transaction("papers", "readwrite");
        const papers = transaction.objectStore("papers");
        papers.getAll().onsuccess = (event) => {
            for (const paper of event.target.result) papers.put({ ...paper, at: paper.at - 15 * 24 * 3600 * 1000 });
        };
        transaction.oncomplete = () => { target.result.close(); done(); };
    };
})"""


def typed(page: Page) -> None:
    """Begin a report, and wait until the device has kept it."""
    page.get_by_text("Fire and electricity").click()
    page.locator(".tile").get_by_text("Fire, smoke or gas leak").click()
    page.locator("#place").select_option(index=2)
    page.locator("#description").fill(WORDS)
    page.locator("label:has([name=answer-F01-gas][value=no])").click()
    page.get_by_text("Keep my name confidential").click()
    page.get_by_text("Is this about a colleague?").click()
    page.get_by_role("checkbox", name="Dan").check()
    expect(page.locator("[data-kept-here]")).to_be_visible()
    page.wait_for_timeout(100)


def assert_kept(page: Page) -> None:
    """See that everything is still there."""
    expect(page.locator("#description")).to_have_value(WORDS)
    expect(page.locator("[data-chosen]")).to_contain_text(re.compile("Fire, smoke|火情、冒烟"))
    expect(page.locator("#place")).not_to_have_value("")
    expect(page.locator("[name=answer-F01-gas]:checked")).to_have_value("no")
    expect(page.locator("input[name=reporter_mode]:checked")).to_have_value("confidential")
    expect(page.get_by_role("checkbox", name="Dan")).to_be_checked()


def sign_in(page: Page | Frame, name: str) -> None:
    """Fill in the page to sign in, in English."""
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)


def test_what_was_typed_outlives_the_tab_the_language_and_the_session(
    committed_world: World, open_page: OpenPage
) -> None:
    page = open_page("/report", committed_world.alice)
    typed(page)
    token = page.locator("input[name=token]").input_value()
    other = page.context.new_page()
    page.close()
    other.goto("/report")
    assert_kept(other)
    assert_sound(other)
    other.get_by_role("button", name="中文").click()
    assert_kept(other)
    assert other.locator("input[name=token]").input_value() == token

    Session.objects.all().delete()
    other.get_by_role("button", name="提交报告").click()
    other.get_by_label("用户名").fill("alice")
    other.get_by_label("密码").fill(PASSWORD)
    other.get_by_role("button", name="登录").click()
    received(other)
    other.goto("/report")
    expect(other.locator("#description")).to_have_value("")
    assert Report.objects.count() == 1
    assert TicketParticipant.objects.get().person == committed_world.dan.person


@pytest.mark.slow("tests/portal/test_drafts_in_a_browser.py")
def test_what_a_round_found_is_no_draft_until_somebody_types_and_stays_of_that_round(
    committed_world: World, open_page: OpenPage
) -> None:
    """Opening the form twice left two drafts, named in the language of then; what went on elsewhere lost its round."""
    School.objects.update(live_at=committed_world.now)
    row = opened(committed_world)
    assert say(committed_world.bob.client, row, NOT_WELL).status_code == 200
    found = f"{row.id}.no-hazard"
    page = open_page(f"/report?found={found}", committed_world.bob)
    expect(page.locator("[data-chosen]")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.evaluate(HELD, "papers") == []
    page.locator("#description").fill(WORDS)
    expect(page.locator("[data-kept-here]")).to_be_visible()
    page.goto("/report")
    page.wait_for_url(re.compile(r"/report\?found="))
    expect(page.locator("#description")).to_have_value(WORDS)
    expect(page.locator("input[name=found]")).to_have_value(found)
    page.goto(f"/report?found={found}")
    expect(page.locator("[data-papers] strong")).to_have_attribute("lang", "en")


@pytest.mark.slow("tests/portal/test_offline_in_a_browser.py")
def test_without_a_network_it_says_so_keeps_the_report_and_sends_it_once(
    committed_world: World, open_page: OpenPage
) -> None:
    page = open_page("/report", committed_world.alice)
    typed(page)
    page.context.set_offline(True)
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("heading", name="Kept on this device, not sent yet")).to_be_visible()
    assert_sound(page)
    page.context.set_offline(False)
    receipt = received(page)
    page.go_back()
    typed(page)
    expect(page.get_by_role("heading", name="Reported here already")).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name=SEND).dblclick()
    assert received(page) == receipt
    assert Report.objects.count() == 1


def test_a_draft_is_its_writers_alone_on_a_shared_device(committed_world: World, open_page: OpenPage) -> None:
    page = open_page("/report", committed_world.alice)
    typed(page)
    stale = page.context.new_page()
    stale.goto("/report")
    assert_kept(stale)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    until(page, f"async () => !(await ({HELD})('keys')).length")
    sign_in(page, "bob")
    page.goto("/report")
    until(page, f"async () => (await ({HELD})('keys')).length")
    expect(page.locator("#description")).to_have_value("")
    for shown in ("[data-restored]", "[data-papers]"):
        expect(page.locator(shown)).to_be_hidden()
    assert WORDS not in str(page.evaluate(HELD, "papers"))

    stale.get_by_role("button", name=SEND).click()
    expect(stale.get_by_text("begun by somebody else on this device")).to_be_visible()
    assert Report.objects.count() == 0
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    sign_in(page, "alice")
    expect(page.get_by_text("Waiting on this device: 1")).to_be_visible()
    page.get_by_role("button", name="Open").click()
    assert_kept(page)


@pytest.mark.parametrize(
    ("posts", "path", "label"), [(False, "/", "Sign out"), pytest.param(True, "/admin/", "Log out", marks=SLOW)]
)
def test_nobody_reads_a_draft_after_signing_out_by_whichever_page_and_none_grows_old(
    committed_world: World, open_page: OpenPage, posts: bool, path: str, label: str
) -> None:
    page = open_page("/report", committed_world.dan)
    page.locator("#description").fill(WORDS)
    expect(page.locator("[data-kept-here]")).to_be_visible()
    page.evaluate(AGE)
    if not posts:
        Appointment.objects.update(ends_at=database_now())
    page.goto(path)
    page.get_by_role("button", name=label, include_hidden=True).dispatch_event("click")
    page.wait_for_url("**/sign-in")
    until(page, f"async () => !(await ({HELD})('keys')).length && !(await ({HELD})('papers')).length")


@pytest.mark.slow("tests/portal/test_drafts_in_a_browser.py")
def test_a_form_refused_while_empty_is_no_draft(committed_world: World, open_page: OpenPage) -> None:
    """The next form said that what was typed before was still there."""
    page = open_page("/report", committed_world.alice)
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("alert").first).to_be_focused()
    page.goto("/report")
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-restored]")).to_be_hidden()
    assert page.evaluate(HELD, "papers") == []
