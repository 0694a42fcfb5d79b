"""Working through tickets in a real browser: by keys, by ticking several, and on a phone."""

import pytest
from playwright.sync_api import expect

from backend.accounts.models import User
from backend.portal.listing import ROWS
from backend.workflow.models import Ticket
from backend.workflow.states import State
from tests.browser import OpenPage
from tests.portal.conftest import deliver, filed, take
from tests.portal.scene import play
from tests.portal.test_in_a_browser import DESKTOP, PHONE, assert_sound, complaints_of
from tests.world import World
from tools.prove.pages.looks import OF_COLOURS, axe_faults

BY_KEYS = 10 * ROWS


def test_tickets_are_cleared_by_keys_that_can_be_switched_off(committed_world: World, open_page: OpenPage) -> None:
    world = committed_world
    tickets = [filed(world.alice, world, description=f"Door {number}").ticket for number in range(4)]
    page = open_page("/tickets", world.ben, width=DESKTOP)
    references = page.locator(".row .reference").all_inner_texts()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("#row-2 h3 a")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("a")
    expect(page.locator(".flash[role=status]")).to_contain_text("Saved.")
    assert Ticket.objects.get(reference=references[0]).state == State.ACKNOWLEDGED
    expect(page.locator("#row-1 h3 a")).to_be_focused()
    page.keyboard.press("e")
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator("input[name=pick]:checked")).to_have_count(2)
    expect(page.get_by_text("2 ticked")).to_be_visible()
    page.get_by_role("link", name="Choose what to do").click()
    expect(page.locator("#bulk-action")).to_be_focused()
    page.get_by_role("button", name="Do it for all that are ticked").click()
    expect(page.locator(".flash[role=status]")).to_contain_text("2 tickets saved")
    page.wait_for_load_state()  # a key that is pressed before the page's scripts are there does nothing
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys on this page")).to_be_visible()
    assert_sound(page)
    page.get_by_label("Use these keys in this browser").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    page.keyboard.press("j")
    expect(page.locator(".row h3 a").first).not_to_be_focused()
    page.get_by_role("searchbox").fill("ja?")
    assert Ticket.objects.filter(state=State.ROUTED).count() == len(tickets) - 3


@pytest.mark.slow("tests/portal/test_work_in_a_browser.py")
@pytest.mark.parametrize(
    ("language", "in_the_dark"),
    [("en", ("/tickets/{late}", "/tickets?tab=office", "/notices", "/", "/report", "/reports")), ("zh-hans", ())],
    ids=["en", "zh-hans"],
)
def test_on_a_phone_the_words_and_the_next_step_are_seen_without_scrolling(
    committed_world: World, open_page: OpenPage, language: str, in_the_dark: tuple[str, ...]
) -> None:
    world = committed_world
    scene = play(world)
    deliver()
    User.objects.update(language=language)
    page = open_page(f"/tickets/{scene.late.id}", world.bob, language=language, width=PHONE)
    complaints = complaints_of(page)
    for selector in (".ticket-words .words", ".step-first"):
        box = page.locator(selector).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 760, selector
    for path in (f"/tickets/{scene.late.id}", "/tickets?tab=office", "/tickets?q=出口", "/notices"):
        page.goto(path)
        assert_sound(page)
    assert complaints == []
    page.emulate_media(color_scheme="dark")
    for path in in_the_dark:
        page.goto(path.format(late=scene.late.id))
        assert axe_faults(page, OF_COLOURS) == [], path
    page.goto("/tickets")
    page.locator("#row-1").click(position={"x": 40, "y": 90})
    expect(page.locator(".ticket-words")).to_be_visible()


@pytest.mark.slow("tests/portal/test_work_in_a_browser.py")
def test_pages_of_tickets_are_cleared_by_keys_alone(committed_world: World, open_page: OpenPage) -> None:
    world = committed_world
    for number in range(BY_KEYS):
        filed(world.alice, world, description=f"Door {number}")
    page = open_page("/tickets?tab=office&state=routed", world.bob, width=DESKTOP)
    press = page.keyboard.press
    while rows := page.locator(".row-ticket").count():
        for _row in range(rows):
            press("j")
            press("e")
        expect(page.get_by_text(f"{rows} ticked")).to_be_visible()
        page.get_by_role("link", name="Choose what to do").focus()
        press("Enter")
        expect(page.locator("#bulk-action")).to_be_focused()
        for _field in range(2):
            press("Tab")
        press("Enter")
        expect(page.locator(".flash[role=status]")).to_contain_text(f"{rows} tickets saved")
        page.wait_for_load_state()  # before, the script that listens to keys may not be there
    assert Ticket.objects.filter(state=State.ACKNOWLEDGED).count() == BY_KEYS


@pytest.mark.slow("tests/portal/test_ticket_pages.py")
def test_of_two_at_one_ticket_the_second_is_told_kindly_and_keeps_the_note(
    committed_world: World, open_page: OpenPage
) -> None:
    world = committed_world
    ticket = filed(world.alice, world).ticket
    take(world.bob, ticket, "acknowledge")
    step = "form[action$=record-interim-control]"
    first, second = (open_page(f"/tickets/{ticket.id}", member, width=DESKTOP) for member in (world.bob, world.ben))
    for page, words in ((first, "I have locked it."), (second, "I have the key.")):
        page.locator("summary", has_text="Record what was done at once").click()
        page.locator(f"{step} textarea").fill(words)
    first.locator(f"{step} button.primary").click()
    expect(first.locator(".flash[role=status]")).to_contain_text("Saved.")
    version = Ticket.objects.get().version
    second.locator(f"{step} button.primary").click()
    alert = second.get_by_role("alert")
    expect(alert).to_contain_text("Somebody else changed this in the meantime.")
    expect(alert).to_contain_text("I have the key.")
    assert Ticket.objects.get().version == version
    expect(second.locator(f"{step} textarea")).to_have_value("I have the key.")
    second.locator(f"{step} button.primary").click()
    expect(second.locator(".flash[role=status]")).to_contain_text("Saved.")
