"""A teacher in a browser: a half-typed report, a session that is gone, the portal, and the report as it was."""

from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from django.test import override_settings
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from backend.accounts.models import SignIn
from backend.identity.models import ExternalIdentity
from backend.incidents.models import Report
from tests.browser import OpenPage
from tests.identity.conftest import BACK
from tests.identity.portal_people import PORTAL_PASSWORD
from tests.identity.provider import Portal, cas_body, cas_started, portal_started, provider_body
from tests.identity.test_signing_in_at_a_portal import made
from tests.portal.test_drafts_in_a_browser import assert_kept, typed
from tests.portal.test_in_a_browser import assert_sound
from tests.portal.test_reporting_in_a_browser import SEND, received
from tests.world import World
from tools.run.children import kill_group


@pytest.fixture(scope="module")
def portal(live_server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A provider that comes back to the pages as a browser opens them."""
    started = portal_started(
        tmp_path_factory.mktemp("portal"), f"{live_server.url}{BACK}", f"{live_server.url}/sign-in"
    )
    with override_settings(PUBLIC_URL=live_server.url, CSRF_TRUSTED_ORIGINS=[live_server.url]):
        yield started
    kill_group(started.process)
    started.process.wait()


@pytest.fixture(scope="module")
def cas(live_server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A CAS server whose service are the pages as a browser opens them."""
    started = cas_started(tmp_path_factory.mktemp("cas"), f"{live_server.url}{BACK}")
    with override_settings(PUBLIC_URL=live_server.url, CSRF_TRUSTED_ORIGINS=[live_server.url]):
        yield started
    kill_group(started.process)
    started.process.wait()


def through(page: Page, name: str) -> None:
    """Begin a report, lose the session, sign in at the portal, and see the report as it was."""
    typed(page)
    Session.objects.all().delete()
    page.goto("/report")
    page.wait_for_url("**/sign-in?next=**")
    assert_sound(page)
    page.get_by_role("link", name="Sign in with 育才门户").click()
    page.locator(f"input[name={name}]").fill("alice")
    page.locator("input[name=password]").fill(PORTAL_PASSWORD)
    page.locator(f"form:has(input[name={name}]) button[type=submit]").click()
    page.wait_for_url("**/report")
    assert_kept(page)


def test_a_half_typed_report_survives_the_way_by_the_portal(
    committed_world: World, portal: Portal, open_page: OpenPage
) -> None:
    made(committed_world, provider_body(portal.issuer))
    page = open_page("/report", committed_world.alice)
    through(page, "login")
    page.get_by_role("button", name=SEND).click()
    received(page)
    assert Report.objects.get().reporter == committed_world.alice.person
    page.goto("/account")
    expect(page.get_by_role("heading", name="Where else you sign in")).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Signed out")).to_be_visible()
    assert_sound(page)
    page.get_by_role("link", name="Sign out at the portal too").click()
    page.wait_for_url("**/sign-in**")
    page.get_by_role("link", name="Sign in with 育才门户").click()
    expect(page.locator("input[name=login]")).to_be_visible()
    assert ExternalIdentity.objects.count() == 1


def test_it_survives_the_way_by_a_cas_server_which_ends_the_session_here(
    committed_world: World, cas: Portal, open_page: OpenPage
) -> None:
    made(committed_world, cas_body(cas.issuer))
    page = open_page("/report", committed_world.alice)
    through(page, "username")
    assert SignIn.objects.filter(mark__gt="").count() == 1
    page.goto(f"{cas.issuer}/logout")
    assert not SignIn.objects.filter(mark__gt="").exists()
    page.goto("/report")
    page.wait_for_url("**/sign-in?next=**")
