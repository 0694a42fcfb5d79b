"""A teacher in a browser: a half-typed report, a session that is gone, the portal, and the report as it was."""

from collections.abc import Iterator

import pytest
from django.contrib.sessions.models import Session
from django.test import override_settings
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from backend.identity.models import ExternalIdentity, IdentityProvider
from backend.incidents.models import Report
from tests.browser import OpenPage
from tests.identity.conftest import BACK
from tests.identity.portal_people import PORTAL_PASSWORD
from tests.identity.provider import Portal, portal_started, provider_body
from tests.integrations.programs import administrator
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


def test_a_half_typed_report_survives_the_way_by_the_portal(
    committed_world: World, portal: Portal, open_page: OpenPage
) -> None:
    answer = administrator(committed_world).client.post("identity-providers", provider_body(portal.issuer))
    assert answer.status_code == 201, answer.data
    IdentityProvider.objects.update(is_on=True, tried_at=committed_world.now)
    page = open_page("/report", committed_world.alice)
    typed(page)
    Session.objects.all().delete()
    page.goto("/report")
    page.wait_for_url("**/sign-in?next=**")
    assert_sound(page)
    page.get_by_role("link", name="Sign in with 育才门户").click()
    page.locator("input[name=login]").fill("alice")
    page.locator("input[name=password]").fill(PORTAL_PASSWORD)
    page.locator("form:has(input[name=login]) button[type=submit]").click()
    page.wait_for_url("**/report")
    assert_kept(page)
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
