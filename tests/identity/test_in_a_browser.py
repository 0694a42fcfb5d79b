"""A browser on its way by the portal: what was half typed, a to-do of the portal, its ticket, and signing out there."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import override_settings
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from backend.accounts.models import SignIn
from backend.identity.models import ExternalIdentity
from backend.incidents.models import Report
from backend.workflow.states import State
from tests.browser import OpenPage
from tests.identity.conftest import BACK
from tests.identity.portal_people import PORTAL_PASSWORD
from tests.identity.provider import (
    Portal,
    cas_body,
    cas_started,
    portal_started,
    provider_body,
    saml_body,
    saml_started,
)
from tests.identity.test_saml import acquainted
from tests.identity.test_signing_in_at_a_portal import made
from tests.portal.test_chain_in_a_browser import save, step_of
from tests.portal.test_drafts_in_a_browser import assert_kept, typed
from tests.portal.test_in_a_browser import assert_sound
from tests.portal.test_reporting_in_a_browser import SEND, received
from tests.todos.conftest import played, stage
from tests.todos.portal import Portal as TodoPortal
from tests.todos.steps import connected, work
from tests.workflow.steps import ticket_in
from tests.world import World
from tools.run.children import kill_group

pytestmark = pytest.mark.slow("tests/identity/test_signing_in_at_a_portal.py")

__all__ = ["played", "stage"]


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


@pytest.fixture(scope="module")
def saml(
    live_server: LiveServer, tmp_path_factory: pytest.TempPathFactory, needs: Callable[[str], str]
) -> Iterator[Portal]:
    """A SAML provider, which for a browser is another site than the pages: it sends no cookies with what is posted."""
    needs("xmlsec1")
    assert urlsplit(live_server.url).hostname == "localhost"
    started = saml_started(tmp_path_factory.mktemp("saml"))
    with override_settings(PUBLIC_URL=live_server.url, CSRF_TRUSTED_ORIGINS=[live_server.url]):
        yield started
    kill_group(started.process)
    started.process.wait()


def through(page: Page, field: str, name: str) -> None:
    """Begin a report, lose the session, sign in at the portal, and see the report as it was."""
    typed(page)
    Session.objects.all().delete()
    page.goto("/report")
    page.wait_for_url("**/sign-in?next=**")
    assert_sound(page)
    page.get_by_role("link", name="Sign in with 育才门户").click()
    page.locator(f"input[name={field}]").fill(name)
    page.locator("input[name=password]").fill(PORTAL_PASSWORD)
    page.locator(f"form:has(input[name={field}]) button[type=submit]").click()
    page.wait_for_url("**/report")
    assert_kept(page)


def test_a_half_typed_report_survives_the_way_by_the_portal(
    committed_world: World, portal: Portal, open_page: OpenPage
) -> None:
    made(committed_world, provider_body(portal.issuer))
    page = open_page("/report", committed_world.alice)
    through(page, "login", "alice")
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


def test_from_a_to_do_in_the_portal_to_its_ticket_without_another_password_and_gone(
    committed_world: World, cas: Portal, stage: Any, settings: Settings, open_page: OpenPage
) -> None:
    world, todos = committed_world, TodoPortal(stage.server_port)
    stage.peer, settings.INTRANET_HOOK_HOSTS = todos, frozenset({"localhost", "127.0.0.1"})
    made(world, cas_body(cas.issuer))
    connected(world, todos)
    ticket_in(world, State.IN_PROGRESS)
    work()
    (todo,) = (task for task in todos.tasks.values() if task.person == "bob" and not task.is_done)
    page = open_page("/report", world.bob)
    through(page, "username", "bob")
    Session.objects.all().delete()
    page.goto(todo.link)
    page.get_by_role("link", name="Sign in with 育才门户").click()
    page.wait_for_url(todo.link)
    form = step_of(page, "resolve")
    form.locator("textarea").fill("The desks are gone.")
    form.locator("select").select_option("engineered")
    save(form.locator("button.primary"))
    work()
    assert todos.tasks[todo.source_id].is_done
    assert SignIn.objects.filter(mark__gt="").count() == 1
    page.goto(f"{cas.issuer}/logout")
    page.goto(todo.link)
    page.wait_for_url("**/sign-in?next=**")
    assert not SignIn.objects.filter(mark__gt="").exists()


def test_a_half_typed_report_survives_the_way_by_a_page_of_saml_that_posts_the_answer(
    committed_world: World, saml: Portal, open_page: OpenPage
) -> None:
    made(committed_world, saml_body(saml.issuer))
    acquainted(saml)
    page = open_page("/report", committed_world.alice)
    through(page, "login", "alice")
    assert ExternalIdentity.objects.get().subject == "lasting-alice"
    assert SignIn.objects.filter(mark__gt="").count() == 1
    page.goto(saml.issuer.replace("/metadata", "/out?name=alice"))
    expect(page.get_by_text("signed out")).to_be_visible()
    assert not SignIn.objects.filter(mark__gt="").exists()
