"""The whole chain in a real browser: from the code on the wall, without a network, to the reporter's yes."""

import re
from pathlib import Path

import pytest
from django.test import override_settings
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from backend.common.clock import database_now
from backend.incidents.models import Report
from backend.workflow.models import Attachment, Ticket
from backend.workflow.services import tickets_route
from backend.workflow.states import State
from tests.browser import OpenPage
from tests.files.sending import work
from tests.portal.test_in_a_browser import DESKTOP, assert_sound, complaints_of
from tests.portal.test_offline_in_a_browser import NOT_WOKEN, opened
from tests.portal.test_reporting_in_a_browser import SEND, received
from tests.world import World

pytestmark = pytest.mark.slow("tests/portal/test_offline_in_a_browser.py")

WORDS = "Tiles are falling from the wall above the stairs."


def photographed(folder: Path, name: str) -> Path:
    """Write a photo that goes out in several parts."""
    path = folder / name
    Image.effect_noise((1200, 900), 60).save(path, quality=70)
    return path


def save(button: Locator) -> None:
    """Press a button with the keyboard, and wait until the page that comes says that it is saved."""
    with button.page.expect_navigation():
        button.press("Enter")
    expect(button.page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


def step_of(page: Page, action: str) -> Locator:
    """Open the form of a step."""
    page.locator(f"#step-{action} > summary").click()
    return page.locator(f"form[action$={action}]")


def report_on_a_phone_that_loses_its_network(page: Page, address: str, photo: Path) -> None:
    """Scan, write, take a photo, send it into nothing, and be back: what arrived of the photo is not sent again."""
    page.add_init_script(NOT_WOKEN)
    complaints = complaints_of(page)
    opened(page, address)
    answered: list[str] = []
    page.on("requestfinished", lambda request: answered.append(request.url))
    page.locator("#find-category").fill("falling tiles")
    page.locator(".found button").first.click()
    page.locator("#description").fill(WORDS)
    page.get_by_label("Photos (optional)").set_input_files(photo)
    expect(page.get_by_role("img", name="Photo 1")).to_be_visible()
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#place option:checked")).to_have_text(re.compile("tairwell"))
    expect(page.get_by_role("img", name="Photo 1")).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("heading", name="Kept on this device, not sent yet")).to_be_visible()
    page.route("**/parts/2", lambda route: route.abort())
    page.context.set_offline(False)
    received(page)
    page.goto("/")
    expect(page.get_by_text("photos still to send: 1")).to_be_visible()
    page.unroute("**/parts/2")
    expect(page.get_by_text("The photos of your report have arrived.")).to_be_visible()
    parts = [url.rpartition("/parts/")[2] for url in answered if "/parts/" in url]
    assert "2" in parts
    assert len(parts) == len(set(parts))
    page.get_by_role("link", name="See them").click()
    expect(page.locator("[data-papers]")).to_be_hidden()
    assert [text for text in complaints if "ERR_" not in text] == []


def acknowledge_from_the_row(page: Page, ticket: Ticket) -> None:
    """Take it on with the keyboard alone."""
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    save(page.get_by_role("button", name=f"Acknowledge {ticket.reference}"))
    ticket.refresh_from_db()
    assert ticket.state == State.ACKNOWLEDGED


def solve(page: Page, ticket: Ticket, photo: Path) -> None:
    """Make it safe, do the work, and resolve it with the photo that its category asks for."""
    page.goto(f"/tickets/{ticket.id}")
    expect(page.get_by_role("img", name="Photo 1")).to_be_visible()
    form = step_of(page, "record-interim-control")
    form.locator("textarea").fill("Closed off.")
    save(form.locator("button.primary"))
    save(page.get_by_role("button", name="Start work"))
    form = step_of(page, "resolve")
    form.locator("textarea").fill("Fixed anew, and pulled at.")
    form.locator("select").select_option("engineered")
    form.locator("input[type=file]").set_input_files(photo)
    save(form.locator("button.primary"))


def test_from_the_code_on_the_wall_to_the_reporters_yes(
    committed_world: World, open_page: OpenPage, tmp_path: Path, file_store: None
) -> None:
    world = committed_world
    with override_settings(SERVICE_WORKER=True):
        phone = open_page("about:blank", world.alice)
        address = f"/report?place={world.home.places['stairwell'].token}"
        report_on_a_phone_that_loses_its_network(phone, address, photographed(tmp_path, "loose.jpg"))
    work()
    report = Report.objects.select_related("ticket").get()
    ticket = report.ticket
    tickets_route(ticket_ids=[ticket.id], now=database_now())
    assert (report.category, report.description, ticket.attachments.count()) == ("B01", WORDS, 1)
    desk = open_page("/tickets", world.carol, width=DESKTOP)
    acknowledge_from_the_row(desk, ticket)
    solve(desk, ticket, photographed(tmp_path, "fixed.jpg"))
    work()
    page = open_page(f"/tickets/{ticket.id}", world.cleo, width=DESKTOP)
    expect(page.get_by_role("img", name="Photo 2")).to_be_visible()
    form = step_of(page, "verify")
    form.locator("textarea").fill("It holds.")
    save(form.locator("button.primary"))
    phone.goto(f"/reports/{report.id}")
    save(phone.get_by_role("button", name="Yes, it is solved"))
    ticket.refresh_from_db()
    assert (ticket.state, ticket.confirmed_at is not None) == (State.CLOSED, True)
    assert sorted(Attachment.objects.values_list("purpose", flat=True)) == ["evidence", "report"]
