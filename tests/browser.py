"""People at a page, as fixtures: through Django's client, and in a real browser."""

import os
import time
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client, override_settings
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from backend.accounts.opening import PROVED_AT
from tests.patience import PATIENCE
from tests.world import Member

UNUSED_FEATURES = (
    *("InitialWebUI", "PreloadTopChromeWebUI", "SpareRendererForSitePerProcess", "WebUIOmniboxAimPopup"),
    *("WebUIOmniboxFullPopup", "WebUIOmniboxPopup", "WebUIReloadButton", "WebUIToolbar"),
)
"""A window's own bars as pages, and a process kept ready: they cost each browser context two processes more."""
OFF_IN_PLAYWRIGHT = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "LensOverlay"),
    *("HttpsFirstBalancedModeAutoEnable", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning"),
    *("AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "PreconnectToSearch"),
)
"""Switched off by Playwright itself, and named again because of two lists Chromium reads the last."""
SignIn = Callable[..., Client]
OpenPage = Callable[..., Page]


@pytest.fixture
def signed_in() -> SignIn:
    """Return a function that gives a client signed in as somebody, reading English unless told otherwise."""

    def sign_in(member: Member, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session[PROVED_AT] = time.time()
        session.save()
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        return client

    return sign_in


@pytest.fixture(scope="session")
def browser(needs: Callable[[str], str]) -> Iterator[Browser]:
    """A headless Chromium."""
    path = needs("chromium")
    # Playwright runs an event loop in this thread, in which Django would refuse to touch the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # Without a graphics card, a process that plays one would draw every page a second time.
    off = ",".join((*OFF_IN_PLAYWRIGHT, *UNUSED_FEATURES))
    arguments = ["--disable-gpu", f"--disable-features={off}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=arguments)
        yield chromium
        chromium.close()
        connections.close_all()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def until(page: Page, condition: str, about: object = None) -> None:
    """Wait until a function of the page returns what counts as true, or a promise of it.

    Playwright's own way takes any promise for true at once. A page that is left meanwhile is asked again.
    """
    asked = f"async (about) => Boolean(await ({condition})(about))"
    ends_at = time.monotonic() + PATIENCE
    while time.monotonic() < ends_at:
        try:
            if page.evaluate(asked, about):
                return
        except Error:
            page.wait_for_load_state()
        page.wait_for_timeout(20)
    raise AssertionError(f"never came true: {condition}")


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer, signed_in: SignIn) -> Iterator[OpenPage]:
    """Return a function that opens a path as somebody (None: not signed in), in a language, at a width.

    No service worker stands between page and server; the tests of it switch it on again.
    """
    contexts = []

    def open_one(
        path: str, member: Member | None, *, language: str = "en", width: int = 360, height: int = 760
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            locale="en-GB" if language == "en" else "zh-CN",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if member is not None:
            cookies[settings.SESSION_COOKIE_NAME] = (
                signed_in(member, language).cookies[settings.SESSION_COOKIE_NAME].value
            )
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        page = context.new_page()
        page.goto(path)
        return page

    with override_settings(SERVICE_WORKER=False):
        yield open_one
    for context in contexts:
        context.close()
