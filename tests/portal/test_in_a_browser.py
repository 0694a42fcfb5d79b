"""The pages in a real browser: reachable by everybody, in both languages, on a phone and on a desktop."""

import re

import pytest
from playwright.sync_api import Page, expect

from backend.accounts.models import User
from backend.incidents.models import Report
from backend.workflow.models import Ticket
from tests.browser import OpenPage
from tests.portal.conftest import filed, take
from tests.portal.scene import play
from tests.world import PASSWORD, World
from tools.prove.pages.looks import OVERLAPS, axe_faults

PHONE, DESKTOP = 360, 1280
SMALL_TARGETS = """() =>
    [...document.querySelectorAll("button, summary, select, .sections a, .tile, .person, .primary, .secondary")]
    .filter(node => node.offsetParent && node.getBoundingClientRect().height < 43.5).map(node => node.outerHTML)"""


def assert_sound(page: Page) -> None:
    """Check a page with axe, and that it fits."""
    assert axe_faults(page) == [], page.url
    assert_fits(page)


def assert_fits(page: Page) -> None:
    """Check that a page neither scrolls sideways nor has small targets, and that nothing lies on anything else."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    assert page.evaluate(SMALL_TARGETS) == [], page.url
    assert page.evaluate(OVERLAPS) == [], page.url


def complaints_of(page: Page) -> list[str]:
    """Collect from now on what the browser complains about, such as a script that the policy refuses."""
    seen: list[str] = []
    page.on("console", lambda message: seen.append(message.text))
    return seen


@pytest.mark.slow("tests/portal/test_in_a_browser.py")
@pytest.mark.parametrize(("language", "width", "other_width"), [("en", DESKTOP, PHONE), ("zh-hans", PHONE, DESKTOP)])
def test_every_page_is_accessible(
    committed_world: World, open_page: OpenPage, language: str, width: int, other_width: int
) -> None:
    world = committed_world
    scene = play(world)
    without_deadline = filed(world.alice, world, "B01").ticket
    take(world.carol, without_deadline, "propose-decline", "Seen: nothing is loose.")
    take(world.dan, without_deadline, "confirm-decline", "So it is.")
    pages = {
        None: ["/sign-in", "/nothing-here"],
        world.alice: [
            "/",
            "/report",
            f"/reports/{scene.waiting.id}?sent=1",
            "/reports",
            f"/reports/{scene.resolved.id}",
            f"/reports/{scene.sealed.id}",
            "/telephones",
        ],
        world.bob: ["/", "/tickets", f"/tickets/{scene.late.id}", "/notices"],
        world.dan: ["/places/posters", "/figures/month", "/tickets?tab=all"],
        world.olga: ["/", "/tickets?tab=all"],
    }
    for member, paths in pages.items():
        page = open_page("/healthz", member, language=language, width=width)
        complaints = complaints_of(page)
        for path in paths:
            page.goto(path)
            for summary in page.locator("main summary").all():
                summary.click()
            assert_sound(page)
            page.set_viewport_size({"width": other_width, "height": 760})
            assert_fits(page)
            page.set_viewport_size({"width": width, "height": 760})
        assert [text for text in complaints if "404" not in text] == []
        page.context.close()


def test_a_teacher_signs_in_and_reports_on_a_phone(committed_world: World, open_page: OpenPage) -> None:
    User.objects.update(language="zh-hans")
    page = open_page("/", None, language="zh-hans")
    page.get_by_label("用户名").fill("alice")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("link", name="我要报告").click()
    page.get_by_role("button", name="提交报告").click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert_sound(page)
    summary.get_by_role("link", name="请写明发生了什么").click()
    expect(page.get_by_label("发生了什么？")).to_be_focused()

    page.get_by_text("消防和用电").click()
    page.get_by_label("疏散通道或安全出口堵塞、锁闭").check()
    page.get_by_label("在哪里？").select_option(label="二楼楼梯间")
    page.get_by_label("发生了什么？").fill("二楼安全出口被课桌堵住了。")
    page.get_by_role("button", name="提交报告").dblclick()

    page.wait_for_url(re.compile(r"/reports/.*sent=1"))
    assert Report.objects.count() == 1
    expect(page.get_by_text(Ticket.objects.get().reference)).to_be_visible()
    expect(page.get_by_role("heading", name="接下来")).to_be_visible()


@pytest.mark.slow("tests/portal/test_in_a_browser.py")
def test_choosing_a_colleague_by_name(committed_world: World, open_page: OpenPage) -> None:
    page = open_page("/report", committed_world.alice)
    page.get_by_text("Is this about a colleague?").click()
    page.get_by_label("Find a name").fill("dan")
    expect(page.get_by_role("checkbox", name="Carol")).to_be_hidden()
    page.get_by_role("checkbox", name="Dan").check()
    page.get_by_label("Find a name").fill("car")
    expect(page.get_by_role("checkbox", name="Dan")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Carol")).to_be_visible()


def test_the_time_left_goes_on_counting(committed_world: World, open_page: OpenPage) -> None:
    filed(committed_world.alice, committed_world)
    page = open_page("/sign-in", committed_world.bob, width=DESKTOP)
    page.clock.install()
    page.goto("/tickets")
    due = page.locator(".due")
    expect(due).to_contain_text("29 minutes left")
    page.clock.fast_forward("10:00")
    expect(due).to_contain_text("19 minutes left")
    page.clock.fast_forward("25:00")
    expect(due).to_contain_text("Overdue by 5 minutes")
    expect(due).to_have_class("due due-late")


@pytest.mark.slow("tests/portal/test_report_page.py")
def test_reporting_works_without_scripts(committed_world: World, open_page: OpenPage) -> None:
    page = open_page("/report", committed_world.alice)
    page.route("**/*.js", lambda route: route.abort())
    page.goto("/report")
    assert_fits(page)
    page.get_by_text("Injuries").click()
    page.get_by_label("Near miss").check()
    page.get_by_label("What happened?").fill("A shelf nearly fell on somebody.")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", name="Thank you. Your report has arrived.")).to_be_visible()
    assert Report.objects.get().place is None
