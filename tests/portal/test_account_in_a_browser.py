"""The pages of accounts and of the staff list in a real browser: on a phone, in both languages, for everybody."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from backend.common.clock import database_now
from backend.organisation.models import ContactChannel, Person
from backend.organisation.roles import Role
from backend.organisation.services.invitations import invitation_token
from tests.browser import OpenPage
from tests.portal.test_in_a_browser import assert_fits, assert_sound, complaints_of
from tests.world import World, member_add

pytestmark = pytest.mark.slow("tests/portal/test_staff_page.py")

LIST = """staff_number,name,email,unit,role
901,Nina Wu,nina@school.example,security,
902,罗明,luo@school.example,保卫处,handler
"""


@pytest.mark.parametrize(("language", "look"), [("en", assert_sound), ("zh-hans", assert_fits)], ids=["en", "zh-hans"])
def test_accounts_and_the_staff_list_are_accessible(
    committed_world: World, open_page: OpenPage, language: str, look: Callable[[Page], None]
) -> None:
    world = committed_world
    ada = member_add(world, "ada", [(Role.ADMINISTRATOR, None, False)], site=world.home)
    nina = Person.objects.create(school=world.school, name="Nina", staff_number="nina", language=language)
    channel = ContactChannel.objects.create(person=nina, address="nina.with.a.long.address@school.example")
    link = f"/invitation?token={invitation_token(channel=channel, asked_at=database_now(), is_confirmed=False)}"

    page = open_page(link, None, language=language)
    complaints = complaints_of(page)
    for path in ("/password/forgotten", "/password/new?token=none", link):
        page.goto(path)
        look(page)
    page.locator("button.primary").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look(page)
    assert [text for text in complaints if "410" not in text and "400" not in text] == []

    page = open_page("/account", ada, language=language)
    look(page)
    page.goto("/staff/import")
    for content in (LIST.replace("security", "nowhere"), LIST):
        staff_list = {"name": "staff.csv", "mimeType": "text/csv", "buffer": content.encode()}
        page.locator("#file").set_input_files(staff_list)  # type: ignore[arg-type]
        page.locator("form[enctype] button").click()
        page.wait_for_load_state()
        look(page)
    page.locator("[aria-labelledby=preview] button").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert Person.objects.filter(staff_number__in=["901", "902"]).count() == 2
