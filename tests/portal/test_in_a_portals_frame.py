"""The pages below a school's portal: in its frame, from its scripts, and by its button and badge."""

import http.cookies
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from backend.config.env import env_origins
from tests.patience import PATIENCE
from tests.portal.test_drafts_in_a_browser import sign_in
from tests.world import PASSWORD, World

LISTED = "https://portal.example.org"
FRAMED, CALLED = "backend.common.framing.FramingMiddleware", "corsheaders.middleware.CorsMiddleware"


def below(portal: str) -> override_settings:
    """Return the settings of an installation that lists this portal."""
    from_config = [settings.MIDDLEWARE[0], FRAMED, CALLED, *settings.MIDDLEWARE[1:]]
    return override_settings(
        MIDDLEWARE=from_config,
        FRAME_ANCESTORS=[portal],
        CORS_ALLOWED_ORIGINS=[portal],
        SESSION_COOKIE_NAME="framed_sessionid",
        CSRF_COOKIE_NAME="framed_csrftoken",
    )


@pytest.fixture
def framed() -> Iterator[Client]:
    """A browser of an installation that lists one portal."""
    with below(LISTED):
        yield Client()


def test_nobody_frames_the_pages_where_no_portal_is_listed(db: None, client: Client) -> None:
    answer = client.get("/sign-in")
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert client.get("/api/schema", headers={"origin": LISTED}).headers.get("Access-Control-Allow-Origin") is None


def test_a_listed_portal_frames_the_pages_and_never_the_administration(world: World, framed: Client) -> None:
    answer = framed.get("/sign-in")
    assert f"frame-ancestors 'self' {LISTED}" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    administration = framed.get("/admin/login/", follow=True)
    assert "frame-ancestors 'none'" in administration["Content-Security-Policy"]
    assert administration["X-Frame-Options"] == "DENY"
    signed = framed.post("/sign-in", {"username": world.alice.user.username, "password": PASSWORD})
    assert "framed_sessionid" in signed.cookies
    assert all("SameSite=None; Secure" in str(cookie) for cookie in signed.cookies.values())
    assert all("Partitioned" in str(cookie) for cookie in signed.cookies.values())


def test_scripts_of_a_listed_portal_use_the_api_and_no_others(db: None, framed: Client) -> None:
    asks = {"origin": LISTED, "access-control-request-method": "POST"}
    allowed = framed.options("/api/v1/reports", headers=asks)
    assert allowed["Access-Control-Allow-Origin"] == LISTED
    assert {"authorization", "idempotency-key", "if-match"} <= set(allowed["Access-Control-Allow-Headers"].split(", "))
    assert "Access-Control-Allow-Credentials" not in allowed
    refused = framed.get("/api/v1/me", headers={"origin": LISTED})
    assert (refused.status_code, refused["Access-Control-Allow-Origin"]) == (401, LISTED)
    for origin in ("https://evil.example.org", f"{LISTED}.evil.org", "http://portal.example.org", "null"):
        answer = framed.options("/api/v1/reports", headers={**asks, "origin": origin})
        assert "Access-Control-Allow-Origin" not in answer
    assert "Access-Control-Allow-Origin" not in framed.get("/sign-in", headers={"origin": LISTED})


@pytest.mark.parametrize(
    "origin", ["http://portal.example.org", "https://portal.example.org/a", "*", "https://*.org", "null", "portal"]
)
def test_what_is_no_safe_origin_stops_the_start(monkeypatch: pytest.MonkeyPatch, origin: str) -> None:
    monkeypatch.setenv("FRAME_ANCESTORS", f"{LISTED}/,{origin}")
    with pytest.raises(ImproperlyConfigured, match="write origins"):
        env_origins("FRAME_ANCESTORS")
    monkeypatch.setenv("FRAME_ANCESTORS", f"{LISTED}/")
    assert env_origins("FRAME_ANCESTORS") == [LISTED]


class PortalPage(BaseHTTPRequestHandler):
    """A portal's page with the pages in a frame, a button and a badge; its server knows how much waits."""

    product, waiting = "", 3

    def do_GET(self) -> None:
        """Answer with the page, or with the number."""
        if self.path == "/waiting":
            kind, body = "application/json", json.dumps({"count": self.waiting})
        else:
            kind, body = "text/html; charset=utf-8", self.page()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body.encode())

    def page(self) -> str:
        """Return a page whose policy allows nothing but what it needs."""
        script = f"{self.product}/static/portal/embed.js"
        policy = f"default-src 'self'; connect-src 'self' {self.product}; script-src {self.product}"
        return (
            f'<!doctype html><html lang="zh-CN"><title>Portal</title><meta http-equiv="Content-Security-Policy"'
            f' content="{policy}; frame-src {self.product}"><script defer src="{script}"></script>'
            '<allclear-report place="abc"></allclear-report><allclear-todo count="/waiting"></allclear-todo>'
            f'<iframe src="{self.product}/report" width="360" height="700"></iframe></html>'
        )

    def log_message(self, *_parts: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def portals(committed_world: World, live_server: LiveServer) -> Iterator[tuple[str, str, str]]:
    """The product's address, that of the portal it lists, and that of another site with the same page."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), PortalPage) for _number in range(2)]
    listed, other = (f"http://portal.localhost:{server.server_port}" for server in servers)
    for server in servers:
        Thread(target=server.serve_forever, daemon=True).start()
    with below(listed):
        product = LiveServer("127.0.0.1")
        PortalPage.product = product.url
        yield product.url, listed, other
        product.stop()
    for server in servers:
        server.shutdown()
        server.server_close()


def called(page: Page, address: str) -> Any:
    """Call the API from a script of this page; return the status, or what the browser says instead."""
    return page.evaluate(
        "address => fetch(address, { headers: { Authorization: 'Token x' } }).then((a) => a.status, (e) => e.name)",
        f"{address}/api/v1/me",
    )


@pytest.mark.slow("tests/portal/test_in_a_portals_frame.py")
def test_in_the_frame_of_the_listed_portal_one_signs_in_and_reports(
    committed_world: World, portals: tuple[str, str, str], browser: Browser
) -> None:
    product, listed, other = portals
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    page.goto(listed)
    frame = page.frames[1]
    sign_in(frame, committed_world.alice.user.username)
    expect(frame.get_by_role("heading", name="Report something")).to_be_visible()
    (cookie,) = [cookie for cookie in context.cookies() if cookie["name"] == "framed_sessionid"]
    assert (cookie["secure"], cookie["sameSite"]) == (True, "None")
    assert cookie.get("partitionKey") == listed.rpartition(":")[0]
    assert page.locator("allclear-report a").get_attribute("href") == f"{product}/report?place=abc"
    expect(page.locator("allclear-report a")).to_have_text("上报安全问题")
    expect(page.locator("allclear-todo b")).to_have_text("3")
    assert called(page, product) == 401, "answered, and the token is wrong"
    beside = context.new_page()
    beside.goto(f"{product}/report")
    assert "/sign-in" in beside.url, "who is signed in below the portal is not signed in beside it"
    beside.goto(other)
    assert called(beside, product) == "TypeError"
    assert beside.frames[1].locator("form").count() == 0
    context.close()


def test_python_reads_back_the_attribute_that_it_does_not_know() -> None:
    cookie: http.cookies.SimpleCookie = http.cookies.SimpleCookie()
    cookie["a"] = "b"
    cookie["a"]["partitioned"] = True
    assert cookie.output() == "Set-Cookie: a=b; Partitioned"
