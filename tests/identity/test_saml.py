"""Signing in at a real SAML provider (pysaml2): set up, tried, linked, and ended there; an answer is good once."""

import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
import requests
from django.conf import settings
from django.test import Client

from backend.identity.models import ExternalIdentity, IdentityProvider, SamlSide
from backend.organisation.models import Appointment
from tests.browser import SignIn as SignedIn
from tests.identity.conftest import BACK
from tests.identity.portal_people import PORTAL_PASSWORD
from tests.identity.provider import HIDDEN, Portal, query_of, saml_body, saml_started
from tests.identity.test_signing_in_at_a_portal import REFUSED, START, fresh, made, who
from tests.integrations.programs import administrator
from tests.setup.test_go_live_check import checked
from tests.world import World
from tools.run.children import kill_group

ENDED = f"{START}/ended"
POSTED = re.compile(r'name="(SAMLResponse|RelayState)"\s+value="([^"]*)"')


@pytest.fixture(scope="module")
def saml(tmp_path_factory: pytest.TempPathFactory, needs: Callable[[str], str]) -> Iterator[Portal]:
    """A SAML provider that signs by xmlsec1."""
    needs("xmlsec1")
    started = saml_started(tmp_path_factory.mktemp("saml"))
    yield started
    kill_group(started.process)
    started.process.wait()


@pytest.fixture
def provider(world: World, saml: Portal) -> IdentityProvider:
    """The provider, set up and switched on; it knows our side."""
    found = made(world, saml_body(saml.issuer))
    acquainted(saml)
    return found


def acquainted(saml: Portal) -> None:
    """Give the provider our metadata, as an administrator there would."""
    told = fresh().get(f"{START}/metadata")
    assert told.headers["Content-Type"] == "application/samlmetadata+xml"
    base = saml.issuer.removesuffix("/metadata")
    assert requests.post(f"{base}/known", told.content, timeout=30).status_code == 200


def answered(there: str, name: str) -> dict[str, str]:
    """Go where a browser was sent, sign in as somebody, and return what the page there posts back."""
    session = requests.Session()
    page = session.get(there, timeout=30)
    form = {field: unescape(value) for field, value in HIDDEN.findall(page.text)}
    address = there.partition("?")[0]
    posts = session.post(address, {**form, "login": name, "password": PORTAL_PASSWORD}, timeout=30)
    assert posts.status_code == 200, posts.text
    return {field: unescape(value) for field, value in POSTED.findall(posts.text)}


def landed(page: Client, posted: dict[str, str]) -> Any:
    """Post an answer as the page there does, without cookies of ours, and follow with the browser."""
    sent = fresh().post(BACK, posted)
    assert (sent.status_code, sent.cookies) == (303, {})
    return page.get(sent["Location"])


def arrived(name: str, page: Client, onward: str = "/") -> Any:
    """Sign in at the provider as somebody, and come back."""
    return landed(page, answered(page.get(START, {"next": onward})["Location"], name))


def test_an_administrator_sets_it_up_tries_it_and_switches_it_on(
    world: World, saml: Portal, signed_in: SignedIn
) -> None:
    page, body = signed_in(administrator(world)), saml_body(saml.issuer, links_by_staff_number="1")
    for wrong in ("", "http://10.0.0.1/metadata", "<x/>", "https://id.school.example/a b"):
        assert page.post("/identity-providers", {**body, "metadata": wrong}).status_code == 400
    assert page.post("/identity-providers", body).status_code == 302
    provider = IdentityProvider.objects.get()
    assert "PRIVATE" not in SamlSide.objects.get().key
    acquainted(saml)
    address = f"/identity-providers/{provider.id}"
    shown = page.get(address).content.decode()
    assert ("client_id" in shown, f"{START}/metadata" in shown, saml.issuer in shown) == (False, True, True)
    way = page.post(f"{address}/try").context["address"]
    assert {"Signature", "SigAlg"} <= query_of(way).keys()  # since its metadata ask for it
    assert landed(page, answered(way, "ada"))["Location"] == address
    assert "Your staff number there: ADA. That is the one here." in page.get(address).content.decode()
    assert page.post(f"{address}/switch", {"turn": "on"}).status_code == 302
    assert START in fresh().get("/sign-in").content.decode()
    # Its metadata may be entered as they are, too.
    text = requests.get(saml.issuer, timeout=30).text
    assert page.post(address, {**body, "metadata": text}).status_code == 302
    provider.refresh_from_db()
    assert (provider.is_on, provider.tried_at, provider.saml.metadata[:1]) == (False, None, "<")
    assert page.post(address, {**body, "metadata": text.replace(saml.issuer, "https://x.example")}).status_code == 400
    IdentityProvider.objects.update(is_on=True, tried_at=world.now)
    assert checked()[1]["elsewhere"].startswith("ok")
    assert fresh().get("/sign-in/with/nothing/metadata").status_code == 404


def test_a_teacher_is_linked_by_the_staff_number_and_an_answer_is_good_once_and_in_one_browser(
    world: World, provider: IdentityProvider
) -> None:
    page, other = fresh(), fresh()
    posted = answered(page.get(START, {"next": "/reports"})["Location"], "alice")
    assert landed(page, posted)["Location"] == "/reports"
    assert (who(page), ExternalIdentity.objects.get().subject) == ("Alice", "lasting-alice")
    page.post("/sign-out")
    # The same answer again, and that of one browser under the state of another, sign nobody in.
    assert (landed(page, posted).status_code, who(page)) == (400, "")
    there = other.get(START)["Location"]
    foreign = answered(page.get(START)["Location"], "alice")
    assert landed(other, {**foreign, "RelayState": query_of(there)["RelayState"]}).status_code == 400
    assert (landed(other, foreign).status_code, who(other)) == (400, "")
    world.alice.person.staff_number = "changed"
    world.alice.person.save()
    arrived("alice", other)
    assert who(other) == "Alice"


@pytest.mark.parametrize("case", ["left", "elsewhere", "powers", "untrusted", "unknown"])
def test_nobody_else_gets_in(world: World, provider: IdentityProvider, case: str) -> None:
    name = {"elsewhere": "mallory", "powers": "dan", "unknown": "nobody"}.get(case, "alice")
    if case == "untrusted":
        IdentityProvider.objects.update(links_by_staff_number=False)
    if case == "left":
        Appointment.objects.filter(person=world.alice.person).update(ends_at=world.now)
    page = fresh()
    answer = arrived(name, page)
    assert (answer.status_code, REFUSED in answer.content.decode(), who(page)) == (403, True, "")


def test_the_word_that_a_session_ended_ends_it_and_is_answered(
    world: World, saml: Portal, provider: IdentityProvider
) -> None:
    first, second = fresh(), fresh()
    for page in (first, second):
        posted = answered(page.get(START)["Location"], "alice")
        landed(page, posted)
    (session,) = re.findall('SessionIndex="([^"]+)"', b64decode(posted["SAMLResponse"]).decode())

    def word(**said: str) -> str:
        out = saml.issuer.replace("/metadata", "/out")
        sent = requests.get(out, params=said, allow_redirects=False, timeout=30)
        return sent.headers["Location"].removeprefix(settings.PUBLIC_URL)

    path = word(name="alice", session=session)
    other = path.replace("RelayState=of-the-portal", "RelayState=other")
    for changed in (path[:-8], other, f"{path}&SAMLRequest=x", f"{ENDED}?a=b"):
        status = fresh().get(changed).status_code
        assert (changed, status) == (changed, 400)
    assert (who(first), who(second)) == ("Alice", "Alice")
    back = fresh().get(path)
    assert (back.status_code, requests.get(back["Location"], timeout=30).text) == (302, "signed out")
    assert query_of(back["Location"])["RelayState"] == "of-the-portal"
    assert (who(first), who(second)) == ("Alice", "")
    assert fresh().get(path).status_code == 400  # that word was used up
    assert fresh().get(word(name="nobody")).status_code == 302
    assert who(first) == "Alice"
    assert fresh().get(word(name="alice")).status_code == 302
    assert who(first) == ""
