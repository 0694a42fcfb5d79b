"""The administration pages in a real browser: both languages, a phone and a desk, and nothing refused or unreadable."""

import re
from datetime import timedelta
from typing import Literal

import pytest
from playwright.sync_api import expect

from backend.administration.base import ConfigurationAdmin
from backend.administration.models import Change
from backend.duty.models import Absence
from tests.administration.conftest import address, rows_of, staffed
from tests.browser import OpenPage
from tests.portal.test_in_a_browser import complaints_of
from tests.world import World
from tools.prove.pages.looks import axe_faults

pytestmark = pytest.mark.slow("tests/administration/test_access.py")

READ_ALOUD = ("organisation.Person", "calendars.Calendar", "duty.DutyShift")
"""With tables of further rows, lists with filters and without: what all these pages are made of."""
LIGHTS: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hans", 360)])
def test_pages_open_without_complaint(committed_world: World, open_page: OpenPage, language: str, width: int) -> None:
    world = staffed(committed_world)
    for number in range(ConfigurationAdmin.list_per_page):
        starts_at = world.now + timedelta(days=number)
        Absence.objects.create(person=world.bob.person, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    page = open_page("/", world.ada, language=language, width=width)
    complaints = complaints_of(page)
    rows = rows_of(world)
    read_aloud = {"/admin/", *(path for label in READ_ALOUD for path in (address(label), address(label, rows[label])))}
    for label, row in {"": None, **rows}.items():
        for path in (address(label), address(label, row)) if row else ["/admin/"]:
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
            if path in read_aloud:
                assert axe_faults(page) == [], path
    for light in LIGHTS:
        page.emulate_media(color_scheme=light)
        page.goto(address("administration.Change"))
        expect(page.locator(".showall")).to_be_visible()
        assert axe_faults(page) == [], light
    assert complaints == []
    assert page.locator("html").get_attribute("lang") == language


def test_an_administrator_notes_an_absence_and_sees_it_recorded(committed_world: World, open_page: OpenPage) -> None:
    world = staffed(committed_world)
    page = open_page(address("organisation.Person", world.bob.person), world.ada, width=1280, height=900)
    complaints = complaints_of(page)
    page.get_by_text("Add another Absence").click()
    for name, value in (("starts_at", "2026-10-08"), ("ends_at", "2026-10-09")):
        page.locator(f"#id_absences-0-{name}_0").fill(value)
        page.locator(f"#id_absences-0-{name}_1").fill("08:00")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile("/admin/organisation/person/$"))
    assert Absence.objects.filter(person=world.bob.person).count() == 1
    assert Change.objects.filter(content_type__model="absence", actor=world.ada.user).count() == 1
    page.goto(address("administration.Change"))
    expect(page.locator("#result_list")).to_contain_text("2026-10-08")
    assert complaints == []
