"""The page on which one says how one wants to be told: by hand, in both languages, on a phone."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import expect

from backend.notifications.models import NotificationChoice
from backend.organisation.models import ContactChannel
from backend.organisation.services.channels import channel_code
from tests.browser import OpenPage, SignIn
from tests.portal.test_in_a_browser import assert_sound, complaints_of
from tests.world import World


def code_of(channel: ContactChannel) -> str:
    """Return the code that was sent through a channel."""
    assert channel.code_sent_at is not None
    return channel_code(channel_id=channel.id, sent_at=channel.code_sent_at)


@pytest.mark.slow("tests/portal/test_channels_page.py")
@pytest.mark.parametrize(("language", "width"), [("en", 360), ("zh-hans", 1280)])
def test_somebody_adds_verifies_and_chooses(
    committed_world: World, open_page: OpenPage, language: str, width: int
) -> None:
    page = open_page("/notices", committed_world.bob, language=language, width=width)
    complaints = complaints_of(page)
    page.locator("main a.secondary").click()
    page.locator("#address").fill("http://hooks.example.org")
    page.locator("#kind").select_option("webhook")
    page.locator("form:has(#address) button").click()
    expect(page.locator("#address-error")).to_be_visible()
    page.locator("#kind").select_option("email")
    page.locator("#address").fill("bob.new@school.example")
    page.locator("form:has(#address) button").click()
    channel = ContactChannel.objects.get(address="bob.new@school.example")
    page.locator(f"#code-{channel.id}").fill("12")
    page.locator("form.code button").click()
    expect(page.locator(f"#problem-{channel.id}")).to_be_visible()
    assert_sound(page)
    page.locator(f"#code-{channel.id}").fill(code_of(channel))
    page.locator("form.code button").click()
    expect(page.get_by_role("status")).to_be_visible()
    for box in page.locator("fieldset").first.get_by_role("checkbox").all():
        box.uncheck()
    page.locator("form[action$='choices'] button").click()
    expect(page.locator("fieldset").first.locator(".hint")).to_be_visible()
    assert_sound(page)
    assert NotificationChoice.objects.filter(group="new_ticket").count() == 2
    assert [text for text in complaints if "422" not in text] == []


def test_the_last_channel_stays_and_others_are_nobodys_business(world: World, signed_in: SignIn) -> None:
    bob: Client = signed_in(world.bob)
    own = ContactChannel.objects.get(person=world.bob.person)
    kept = bob.post(f"/settings/channels/{own.id}/remove")
    assert kept.status_code == 409
    assert "the only way to reach you" in kept.content.decode()
    alices = ContactChannel.objects.get(person=world.alice.person)
    page = bob.post(f"/settings/channels/{alices.id}/remove").content.decode()
    assert "alice@school.example" not in page
    assert ContactChannel.objects.filter(id=alices.id).exists()
    assert re.search("How I am told", bob.get("/notices").content.decode())


def test_a_channel_gets_a_new_code_counts_with_it_and_is_removed(world: World, signed_in: SignIn) -> None:
    bob: Client = signed_in(world.bob)
    bob.post("/settings/channels", {"kind": "email", "address": "bob.new@school.example"})
    channel = ContactChannel.objects.get(address="bob.new@school.example")
    soon = bob.post(f"/settings/channels/{channel.id}/code")
    assert soon.status_code == 429
    ContactChannel.objects.filter(id=channel.id).update(code_sent_at=world.now - timedelta(minutes=5))
    page = bob.post(f"/settings/channels/{channel.id}/code", follow=True).content.decode()
    assert "A new code is on its way." in page
    channel.refresh_from_db()
    verify = f"/settings/channels/{channel.id}/verify"
    assert bob.post(verify, {"code": "12"}).status_code == 422
    assert "Verified." in bob.post(verify, {"code": code_of(channel)}, follow=True).content.decode()
    page = bob.post(f"/settings/channels/{channel.id}/remove", follow=True).content.decode()
    assert "Removed." in page
    assert "bob.new@school.example" not in page
    assert not ContactChannel.objects.filter(id=channel.id).exists()
