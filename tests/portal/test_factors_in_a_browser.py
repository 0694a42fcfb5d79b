"""Passkeys in a real browser with a made-up authenticator; the pages of the second factor on a phone and at a desk."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from backend.accounts.models import Passkey, User
from tests.accounts.factors import KEY, App
from tests.browser import OpenPage, SignIn
from tests.world import PASSWORD, World


@pytest.fixture(autouse=True)
def own_address(live_server: LiveServer) -> Iterator[None]:
    """Passkeys are kept for the address people use."""
    with override_settings(PUBLIC_URL=live_server.url):
        yield


def key_of(page: Page) -> Any:
    """Give the browser a key in the device itself, which says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def sign_in(page: Page) -> None:
    page.goto("/sign-in?next=/account")
    page.fill("#username", "erin")
    page.fill("#password", PASSWORD)
    page.click("form:has(#username) button")


def add_passkey(page: Page, name: str) -> None:
    page.goto("/account/factors")
    page.fill("#name", name)
    page.click("form[data-passkey=create] button")
    page.wait_for_selector(".codes li")


def test_a_passkey_is_added_and_signs_in(committed_world: World, open_page: OpenPage) -> None:
    page = open_page("/account/factors", committed_world.erin, width=390)
    session, authenticator = key_of(page)
    add_passkey(page, "Erin's phone")
    assert len(page.query_selector_all(".codes li")) == 10
    assert User.objects.get(username="erin").second_factor_at is not None
    page.click("main a.primary")
    assert "Erin's phone" in page.inner_text("main")
    page.click(".sign-out")
    sign_in(page)
    page.wait_for_url("**/sign-in/factor")
    page.click("form[data-passkey=get] button")
    page.wait_for_url("**/account")
    assert Passkey.objects.get().last_used_at is not None
    assert len(session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]) == 1


def test_a_passkey_is_removed_by_its_owner_alone(
    committed_world: World, open_page: OpenPage, signed_in: SignIn
) -> None:
    page = open_page("/account/factors", committed_world.erin, width=390)
    key_of(page)
    add_passkey(page, "Erin's phone")
    removal = f"/account/factors/passkeys/{Passkey.objects.get().id}/remove"
    for stranger in (committed_world.dan, committed_world.mallory):
        assert signed_in(stranger).post(removal).status_code == 404
    page.goto("/account/factors")
    page.click(f"form[action='{removal}'] button")
    page.wait_for_url("**/account/factors")
    assert "Erin's phone" not in page.inner_text("main")
    assert not Passkey.objects.exists()
    assert User.objects.get(username="erin").second_factor_at is None


@pytest.mark.slow("tests/accounts/test_passkeys_over_the_api.py")
def test_another_key_and_one_that_says_no_do_not_sign_in(committed_world: World, open_page: OpenPage) -> None:
    page = open_page("/account/factors", committed_world.erin)
    session, authenticator = key_of(page)
    add_passkey(page, "key")
    page.click(".sign-out")
    Passkey.objects.update(public_key=bytes(Passkey.objects.get().public_key)[:-1] + b"\0")
    sign_in(page)
    page.click("form[data-passkey=get] button")
    page.wait_for_selector(".summary")
    assert "This code is not right" in page.inner_text("main")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})
    page.click("form[data-passkey=get] button")
    page.wait_for_selector("[data-passkey-failed]:not([hidden])", timeout=70_000)
    assert "did not answer" in page.inner_text("main")


@pytest.mark.slow("tests/portal/test_factors_in_a_browser.py")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_fit(committed_world: World, open_page: OpenPage, language: str, width: int) -> None:
    User.objects.filter(username="erin").update(language=language)
    page = open_page("/account/factors", committed_world.erin, language=language, width=width)
    found = KEY.search(page.content())
    assert found
    assert fits(page)
    page.fill("#code", App(found[1].replace(" ", "")).code())
    page.click("form:has(#code) button")
    page.wait_for_selector(".codes li")
    assert fits(page)
    page.goto("/account")
    assert fits(page)
    page.click(".sign-out")
    sign_in(page)
    page.wait_for_url("**/sign-in/factor")
    assert fits(page)


def fits(page: Page) -> bool:
    """Say whether nothing is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
