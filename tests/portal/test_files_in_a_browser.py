"""Photos in a real browser: sent in parts by the page's script, made smaller first, and looked at."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from backend.files.models import Upload
from backend.workflow.models import Attachment
from tests.browser import OpenPage
from tests.files.sending import kept, work
from tests.portal.conftest import filed
from tests.portal.test_in_a_browser import PHONE, assert_sound, complaints_of
from tests.world import World

pytestmark = pytest.mark.usefixtures("file_store")


def photo() -> bytes:
    """Return a photo as large as a phone's: noise packs badly."""
    written = io.BytesIO()
    Image.effect_noise((2800, 700), 90).convert("RGB").save(written, "JPEG", quality=70)
    return written.getvalue()


def test_a_photo_is_sent_in_parts_and_looked_at(committed_world: World, open_page: OpenPage, tmp_path: Path) -> None:
    world = committed_world
    ticket = filed(world.alice, world).ticket
    (tmp_path / "exit door.jpg").write_bytes(photo())
    (tmp_path / "page.jpg").write_bytes(b"<!doctype html><script>alert(1)</script>")
    page = open_page(f"/tickets/{ticket.id}", world.bob, width=PHONE)
    complaints = complaints_of(page)
    asked: list[str] = []

    def lose_the_second(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 2:
            route.abort()
        else:
            route.continue_()

    page.route("**/parts/*", lose_the_second)
    page.get_by_text("Add a photo or file").click()
    page.get_by_label("Photos, PDF").set_input_files([tmp_path / "exit door.jpg", tmp_path / "page.jpg"])
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Your files have arrived.")).to_be_visible()
    sent = Upload.objects.get(name="exit door.jpg")
    assert sent.size < len(photo())
    assert len(asked) == sent.parts + 2
    work()
    page.reload()
    thumbnail = page.get_by_role("img", name="Photo 1")
    expect(thumbnail).to_be_visible()
    expect(thumbnail).to_have_js_property("naturalWidth", 320)
    expect(page.get_by_text("This kind of file is not taken.")).to_be_visible()
    assert_sound(page)
    thumbnail.click()
    expect(page.locator("img")).to_have_js_property("naturalWidth", 1600)
    assert Attachment.objects.get().purpose == "evidence"
    assert len(kept()) == 2
    assert [line for line in complaints if "parts" not in line and "ERR_FAILED" not in line] == []
