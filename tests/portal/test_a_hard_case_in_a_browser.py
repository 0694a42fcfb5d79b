"""The whole hard case through the pages: on phones in Chinese, by the principal at a desk in English."""

import os
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from backend.accounts.models import User
from backend.common.clock import database_now
from backend.incidents.models import Report
from backend.workflow.services import tickets_route
from tests.browser import OpenPage
from tests.portal.conftest import deliver
from tests.portal.test_in_a_browser import DESKTOP, PHONE, assert_sound
from tests.workflow.steps import HOUR
from tests.workflow.test_a_hard_case import RANG, Story
from tests.workflow.test_orders import audited
from tests.world import World

pytestmark = pytest.mark.slow("tests/workflow/test_a_hard_case.py")

KEPT_IN = os.environ.get("PICTURES")
"""A folder in which the pictures of the case are kept, where one is named."""
OTHER_STEPS = ".ticket-side details.more:not([open]) > summary"
WHY = {
    "offer": "门体要整扇更换，属于总务处的维修范围。",
    "refuse-offer": "这不是我们的设施，请安全办协调。",
    "assign-office": "由总务处牵头更换，保卫处配合看护。",
    "promise": "新门已向厂家订货，送到后马上更换。",
    "order": "请说明为什么没有按时解决。",
    "answer-order": "厂家送错了型号，已经重新发货。",
    "change-promise": "厂家重新发货，明天装好。",
    "resolve": "新门已经装好，推拉正常。",
    "reject-fix": "门还是卡住，学生推不开。",
    "reopen": "同一扇门又卡住了。",
}


class Pages:
    """The case as people see it: each has a window of their own."""

    def __init__(self, world: World, open_page: OpenPage) -> None:
        self.world, self._open = world, open_page
        self._windows: dict[str, Page] = {}
        self._number = 0
        User.objects.exclude(id=world.dan.user.id).update(language="zh-hans")
        self.story = Story(world, ticket_id=self.reports())

    def at(self, who: str, path: str) -> Page:
        """Return somebody's window, with a page that is loaded anew."""
        if who not in self._windows:
            language, width = ("en", DESKTOP) if who == "dan" else ("zh-hans", PHONE)
            member = self.world.members[who]
            self._windows[who] = self._open("/healthz", member, language=language, width=width)
        page = self._windows[who]
        page.goto(path)
        return page

    def sees(self, who: str, name: str, path: str = "") -> Page:
        """Let somebody look at the ticket or another page: it is sound; its picture is kept where one is asked for."""
        page = self.at(who, path or f"/tickets/{self.story.ticket_id}")
        assert_sound(page)
        self._number += 1
        if KEPT_IN:
            Path(KEPT_IN).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(KEPT_IN) / f"{self._number:02}-{who}-{name}.png", full_page=True)
        return page

    def reports(self) -> UUID:
        """Let Alice report a blocked exit on her phone; return its ticket's id, once its office has it."""
        page = self.at("alice", "/report")
        page.get_by_text("消防和用电").click()
        page.get_by_label("疏散通道或安全出口堵塞、锁闭").check()
        page.get_by_label("在哪里？").select_option(label="二楼楼梯间")
        page.get_by_label("发生了什么？").fill("二楼安全出口的门卡住了，推不开。")
        page.get_by_role("button", name="提交报告").click()
        page.wait_for_url(re.compile(r"/reports/.*sent=1"))
        ticket_id = Report.objects.latest("filed_at").ticket_id
        tickets_route(ticket_ids=[ticket_id], now=database_now())
        return ticket_id

    def form(self, who: str, action: str, path: str = "") -> Locator:
        """Open the form of a step as a person does."""
        page = self.at(who, path or f"/tickets/{self.story.ticket_id}")
        form = page.locator(f"main form[action$='/actions/{action}']")
        link, summary = page.locator(f"main a[href*='form={action}']"), page.locator(f"#step-{action} > summary")
        if not form.or_(link).or_(summary).first.is_visible():
            page.locator(OTHER_STEPS).first.click()
        if link.count():
            link.first.click()
        elif summary.count() and not form.is_visible():
            summary.click()
        expect(form).to_be_visible()
        return form

    def does(self, who: str, action: str, path: str = "", **given: str) -> None:
        """Let somebody take a step on the ticket's page; the page that comes says that it is saved."""
        form = self.form(who, action, path)
        if form.locator("[name=note]").count():
            form.locator("[name=note]").fill(WHY.get(action, "已处理。"))
        for name, value in given.items():
            field = form.locator(f"[name={name}]")
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        with form.page.expect_navigation():
            form.locator("button.primary").click()
        expect(form.page.locator(".flash[role=status]").first).to_be_visible()
        deliver()

    def local(self, ahead: timedelta) -> str:
        """Return a time to come as a person enters it, on the school's own clock."""
        at: datetime = database_now() + ahead
        return at.astimezone(ZoneInfo(self.world.school.time_zone)).strftime("%Y-%m-%dT%H:%M")

    def own(self) -> str:
        """Return the address of the report as its reporter has it."""
        return f"/reports/{self.story.report_id}"


def passed_round(pages: Pages) -> None:
    """Three offices: the first offers it twice and has it back twice, so the coordinator decides, and it binds."""
    story, offices = pages.story, {code: str(unit.id) for code, unit in pages.world.home.units.items()}
    pages.sees("alice", "sent", f"{pages.own()}?sent=1")
    pages.does("bob", "acknowledge")
    pages.does("bob", "record-interim-control")
    pages.does("bob", "start")
    pages.does("bob", "offer", office=offices["facilities"])
    pages.sees("carol", "offered")
    assert story.rings("offer") == {"cleo"}
    deliver()
    pages.sees("cleo", "told-that-nobody-answers", "/notices")
    pages.does("carol", "refuse-offer")
    assert "carol" not in story.seen_by()
    pages.sees("bob", "refused")
    pages.does("bob", "offer", office=offices["safety-office"])
    pages.does("cleo", "refuse-offer")
    page = pages.sees("bob", "refused-twice")
    assert page.locator("a[href*='form=offer']").count() == 0
    pages.does("cleo", "assign-office", office=offices["facilities"])
    assert story.owner() == "facilities"
    pages.sees("carol", "decided")


def promised_and_broken(pages: Pages) -> None:
    """The reporter reads a date; it passes and rings, an answer is demanded, and somebody higher names another date."""
    story = pages.story
    pages.does("carol", "promise", promised_for=pages.local(2 * HOUR))
    expect(pages.sees("alice", "promised", pages.own()).get_by_text(WHY["promise"]).first).to_be_visible()
    assert story.rings("promise") == {"carol", "cleo"}
    deliver()
    pages.sees("carol", "told-of-a-broken-promise", "/notices")
    pages.does("dan", "order", due_at=pages.local(3 * HOUR))
    pages.sees("carol", "demanded")
    assert story.rings("order") == {"carol", "cleo"}
    pages.does("carol", "answer-order")
    page = pages.sees("dan", "answered")
    expect(page.get_by_text(WHY["answer-order"]).first).to_be_visible()
    page = pages.at("carol", f"/tickets/{story.ticket_id}")
    assert page.locator("form[action$='/change-promise']").count() == 0
    pages.does("vera", "change-promise", promised_for=pages.local(20 * HOUR))
    expect(pages.sees("alice", "promised-again", pages.own()).get_by_text("这个日期已更改1次").first).to_be_visible()


def solved_at_last(pages: Pages) -> None:
    """A fix fails before the reporter's eyes, so the promise stands again; the second one they confirm themselves."""
    pages.does("carol", "resolve", control="engineered")
    pages.sees("alice", "solved-they-say", pages.own())
    pages.does("alice", "reject-fix", pages.own())
    expect(pages.sees("carol", "it-failed").get_by_text(WHY["reject-fix"]).first).to_be_visible()
    pages.does("carol", "resolve", control="engineered")
    pages.does("alice", "confirm", pages.own())
    pages.sees("alice", "closed", pages.own())


def there_again(pages: Pages) -> None:
    """The same again: the new report goes on in the old ticket, on purpose, and its reporter opens that once more."""
    story, again = pages.story, pages.reports()
    reference = pages.world.dan.client.get(f"tickets/{story.ticket_id}").data["reference"]
    pages.sees("cleo", "there-again", f"/tickets/{again}")
    form = pages.form("cleo", "merge", f"/tickets/{again}")
    form.locator("[name=into]").fill(reference)
    form.locator("button.primary").click()
    form.locator("[name=although_closed]").check()
    with form.page.expect_navigation():
        form.locator("button.primary").click()
    deliver()
    pages.sees("cleo", "merged", f"/tickets/{again}")
    pages.does("alice", "reopen", pages.own())
    assert story.owner() == "facilities"
    pages.sees("carol", "open-again")
    pages.sees("dan", "all-of-it")


CHAPTERS: tuple[Callable[[Pages], None], ...] = (passed_round, promised_and_broken, solved_at_last, there_again)


def test_a_hard_case_on_phones_and_at_a_desk(committed_world: World, open_page: OpenPage) -> None:
    pages = Pages(committed_world, open_page)
    for chapter in CHAPTERS:
        chapter(pages)
    audited()
    assert pages.story.rang() == RANG
