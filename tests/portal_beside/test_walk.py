"""A teacher, a head and an administrator on their ways through a school's portal and Allclear, both running."""

import http.client
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from backend.accounts.models import SignIn, User
from backend.common.clock import database_now
from backend.incidents.models import Report
from backend.integrations.tasks import deliver, feed
from backend.organisation.models import Unit
from backend.people.tasks import sync
from backend.workflow.services import tickets_route
from tests.conftest import ROOT, SECONDS_TO_START, process_environment
from tests.integrations.programs import administrator
from tests.patience import PATIENCE
from tests.portal.test_chain_in_a_browser import save, step_of
from tests.portal.test_in_a_portals_frame import below
from tests.portal.test_reporting_in_a_browser import received
from tests.todos.steps import act, work
from tests.world import World
from tools.demo_school.portal import portal_connect
from tools.demo_school.portal_folder import HOST, TRUSTED, Portal, PortalSchool, portal_prepare
from tools.run.children import kill_group, spawn
from tools.run.installation import free_port

WORDS = "二楼的安全出口被课桌堵住了。"


def school_of(world: World) -> PortalSchool:
    """Return Alice's school as its portal knows it."""
    offices = Unit.objects.filter(school=world.school, kind=Unit.Kind.OFFICE)
    units = [
        {"code": one.code, "name_zh": one.name_zh, "name_en": one.name_en, "kind": "department"} for one in offices
    ]
    staff = [
        {"number": name, "name": member.person.name, "email": "", "units": [], "administers": name == "ada"}
        for name, member in world.members.items()
        if member.person.school_id == world.school.id
    ]
    return PortalSchool(world.school.code, world.school.name_zh, world.school.name_en, units, staff)


def answers(portal: Portal) -> bool:
    """Say whether a portal shows anything."""
    connection = http.client.HTTPConnection(HOST, portal.people_port, timeout=5)
    try:
        connection.request("GET", "/sign-in")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


class Walk:
    """Allclear with a portal beside it, and people in browsers of their own."""

    def __init__(self, browser: Browser, portal: Portal, password: str) -> None:
        self.browser = browser
        self.portal = portal
        self.password = password

    def signed_in(self, number: str, *, locale: str, width: int) -> Page:
        """Return the portal's home of somebody who has just signed in there."""
        context = self.browser.new_context(locale=locale, viewport={"width": width, "height": 900})
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        page.goto(self.portal.people)
        page.locator("input[name=number]").fill(number)
        page.locator("input[name=password]").fill(self.password)
        page.locator("main button").click()
        expect(page.locator("allclear-report a")).to_be_visible()
        return page

    def opened(self, page: Page, path: str) -> None:
        """Open a page of the portal, which fits."""
        page.goto(f"{self.portal.people}{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


@pytest.fixture
def walk(
    committed_world: World,
    browser: Browser,
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Walk]:
    """A portal in a process of its own, connected as `make portal` does it."""
    world, portal = committed_world, Portal(free_port(), free_port())
    ada = administrator(world)
    with below(portal.people):
        product = LiveServer("127.0.0.1")
        settings.PUBLIC_URL, settings.CSRF_TRUSTED_ORIGINS = product.url, [product.url]
        settings.INTRANET_HOOK_HOSTS, settings.SERVICE_WORKER = frozenset({HOST}), False
        monkeypatch.setenv("NO_PROXY", f"{HOST},127.0.0.1")
        told = portal_prepare(folder=tmp_path, portal=portal, school=school_of(world), allclear=product.url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / TRUSTED))
        log = (tmp_path / "log").open("wb")
        command = [sys.executable, "-m", "demo.portal", str(tmp_path)]
        process = spawn(command, environment=process_environment(), folder=ROOT, output=log)
        try:
            end = time.monotonic() + SECONDS_TO_START
            while not answers(portal):
                is_hopeful = process.poll() is None and time.monotonic() < end
                assert is_hopeful, (tmp_path / "log").read_text()
                time.sleep(0.1)
            for is_new in (True, False):
                now = database_now()
                assert portal_connect(actor=ada.actor, portal=portal, folder=tmp_path, now=now) is is_new
            yield Walk(browser, portal, told["password"])
        finally:
            kill_group(process)
            process.wait()
            log.close()
            product.stop()
            for context in browser.contexts:
                context.close()


def events_sent() -> None:
    """Let the workers make to-dos and events of what happened, and send them."""
    work()
    feed()
    deliver()


def staff_sent(page: Page, walk: Walk) -> None:
    """Send the portal's staff, as they are now, and take them in."""
    walk.opened(page, "/roster")
    page.get_by_role("button", name="Send to Allclear").click()
    page.get_by_role("button", name="Take it in").click()
    expect(page.get_by_role("status")).to_contain_text("being taken in")
    sync()
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("Last sent: taken in")


def reported(teacher: Page) -> Report:
    """Report by the button on the portal's home: nobody asks for another password."""
    with teacher.context.expect_page() as opening:
        teacher.get_by_role("link", name="上报安全问题").click()
    page = opening.value
    page.get_by_role("link", name="通过校园门户登录").click()
    page.wait_for_url("**/report")
    page.locator("#find-category").fill("安全出口")
    page.locator(".found button[value=F02]").click()
    page.locator("#place").select_option(index=2)
    page.locator("#description").fill(WORDS)
    page.get_by_role("button", name="提交报告").click()
    received(page)
    return Report.objects.get()


def resolved(head: Page, walk: Walk, ticket_id: object) -> None:
    """Come from the portal's to-do to its ticket, by CAS, and resolve it."""
    expect(head.locator("allclear-todo b")).to_have_text("1")
    walk.opened(head, "/todos")
    head.locator("main li a").click()
    head.get_by_role("link", name="Sign in with 校园门户（CAS）").click()
    head.wait_for_url(f"**/tickets/{ticket_id}")
    form = step_of(head, "resolve")
    form.locator("textarea").first.fill("The desks are gone.")
    form.locator("select").first.select_option("eliminated")
    save(form.locator("button.primary"))


def copy_compared(page: Page, walk: Walk) -> None:
    """See that the events came in, and that the copy made by them is what Allclear lists."""
    walk.opened(page, "/inbox")
    expect(page.locator("table").first).to_contain_text("ticket.opened")
    expect(page.locator("table").first).to_contain_text("resolve")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("status")).to_have_text("The copy equals the list.")


@pytest.mark.slow("tests/identity/test_signing_in_at_a_portal.py")
def test_a_report_goes_its_way_through_the_portal_and_whoever_leaves_there_is_gone(
    committed_world: World, walk: Walk
) -> None:
    world = committed_world
    User.objects.filter(pk=world.alice.user.pk).update(language=User.Language.CHINESE)
    teacher = walk.signed_in("alice", locale="zh-CN", width=360)
    filed = reported(teacher)
    assert filed.reporter == world.alice.person
    tickets_route(ticket_ids=[filed.ticket_id], now=database_now())
    act(world, "bob", filed.ticket_id, "acknowledge")
    for action in ("record-interim-control", "start"):
        act(world, "bob", filed.ticket_id, action, note="Desks moved aside.")
    events_sent()
    head = walk.signed_in("bob", locale="en-GB", width=1280)
    resolved(head, walk, filed.ticket_id)
    events_sent()
    walk.opened(head, "/todos")
    expect(head.get_by_text("Nothing waits for you.")).to_be_visible()
    walk.opened(teacher, "/allclear")
    expect(teacher.frame_locator("iframe").locator("#description")).to_be_visible()
    both_sessions_end(head, teacher, walk)
    ada = walk.signed_in("ada", locale="en-GB", width=1280)
    copy_compared(ada, walk)
    staff_sent(ada, walk)
    ada.locator("tr", has_text="ben").get_by_role("button", name="Has left").click()
    staff_sent(ada, walk)
    world.ben.user.refresh_from_db()
    assert not world.ben.user.is_active


def both_sessions_end(head: Page, teacher: Page, walk: Walk) -> None:
    """Sign two people out at the portal, who had come by CAS and by OpenID Connect: they are out of Allclear too."""
    assert SignIn.objects.filter(identity__isnull=False).count() >= 2
    for page, word in ((head, "Sign out"), (teacher, "退出登录")):
        walk.opened(page, "/")
        page.get_by_role("button", name=word).click()
        page.wait_for_url("**/sign-in**")
    assert not SignIn.objects.filter(identity__isnull=False).exists()
