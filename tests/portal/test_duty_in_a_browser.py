"""The page of duty in a real browser: reachable by everybody, on a phone in Chinese and on a desktop in English."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from backend.duty.models import DutyShift
from tests.browser import OpenPage
from tests.organisation.test_rosters import planned
from tests.portal.test_in_a_browser import DESKTOP, PHONE, assert_sound
from tests.world import World

pytestmark = pytest.mark.slow("tests/portal/test_duty_page.py")

WORDS = {"en": ("Take over from Vera", "Take over now"), "zh-hans": ("接替Vera", "立即接班")}


@pytest.mark.parametrize(("language", "width"), [("en", DESKTOP), ("zh-hans", PHONE)])
def test_somebody_steps_in_on_the_page(committed_world: World, open_page: OpenPage, language: str, width: int) -> None:
    world = committed_world
    shift = DutyShift.objects.get(id=planned(world)["id"])
    shift.starts_at = world.now - timedelta(hours=1)
    shift.save()
    later = {"starts_at": world.now + timedelta(days=1), "ends_at": world.now + timedelta(days=1, hours=8)}
    planned(world, **{name: at.isoformat() for name, at in later.items()})
    DutyShift.objects.get(starts_at=later["starts_at"]).slots.all().delete()
    page = open_page("/duty", world.cleo, width=width, language=language)
    assert_sound(page)
    summary, button = WORDS[language]
    page.get_by_text(summary).click()
    page.locator("textarea:visible").fill("接不通电话")
    page.get_by_role("button", name=button).click()
    expect(page.locator(".flash")).to_be_visible()
    page.locator("form[action='/duty/feed'] button").click()
    expect(page.locator("#feed-address")).to_be_visible()
    assert_sound(page)
