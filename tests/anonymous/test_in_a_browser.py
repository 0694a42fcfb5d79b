"""A phone of nobody's: from the code on the wall to an answer and a photo, with nothing left behind."""

import re

import pytest
from playwright.sync_api import expect

from backend.files.models import Upload
from backend.workflow.models import Ticket
from backend.workflow.services import tickets_route
from tests.anonymous.test_pages import photo
from tests.anonymous.voice import opens
from tests.browser import OpenPage
from tests.portal.test_in_a_browser import assert_sound, complaints_of
from tests.world import World

pytestmark = pytest.mark.slow("tests/anonymous/test_pages.py")

WORDS = {
    "zh-hans": ("冒烟", "匿名提交", "查看进展", "给处室留言", "发送", "离开，并清除此浏览器中的痕迹"),
    "en": ("smoke", "Send without a name", "See where it stands", "Write to the office", "Send", "Leave, and clear"),
}


@pytest.mark.parametrize("language", WORDS)
def test_a_report_a_photo_and_a_reply(committed_world: World, open_page: OpenPage, language: str) -> None:
    few, send, see, write, reply, leave = WORDS[language]
    opens(committed_world)
    token = committed_world.home.places["stairwell"].token
    page = open_page(f"/anonymous?place={token}", None, language=language)
    complaints = complaints_of(page)
    page.locator("#find-category").fill(few)
    page.locator(".found button").first.click()
    page.locator("#description").fill("配电箱在冒烟。")
    assert_sound(page)
    page.get_by_role("button", name=send).click()
    code = page.locator(".big-reference").inner_text()
    assert re.fullmatch(r"(\d{4} ){3}\d{4}", code)
    assert_sound(page)
    ticket = Ticket.objects.get()
    tickets_route(ticket_ids=[ticket.id], now=committed_world.now)
    asked = committed_world.bob.client.act(ticket.id, "message-reporter", note="是哪一层？")
    assert asked.status_code == 200
    page.get_by_role("button", name=see).click()
    expect(page.locator(".conversation .theirs")).to_contain_text("是哪一层？")
    page.get_by_label(write).fill("二楼。")
    sent = photo()
    page.locator("#photos").set_input_files({"name": "Alice.jpg", "mimeType": "image/jpeg", "buffer": sent.read()})
    page.get_by_role("button", name=reply, exact=True).click()
    expect(page.locator(".conversation .own")).to_contain_text("二楼。")
    assert [upload.name for upload in Upload.objects.all()] == ["photo.jpg"]
    assert_sound(page)
    assert complaints == []  # before leaving, of which the browser itself writes that it cleared what it was asked to
    page.get_by_role("button", name=leave).click()
    expect(page.get_by_role("button", name=leave)).to_have_count(0)
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
