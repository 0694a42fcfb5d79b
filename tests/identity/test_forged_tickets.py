"""Answers about tickets are taken only as the protocol has them; each forgery stands beside one that is right."""

from collections.abc import Iterator

import pytest
from django.conf import settings as installation
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from backend.identity.models import ExternalIdentity, IdentityProvider
from tests.identity.cas_forger import (
    PROTOCOL,
    CasForger,
    answer,
    cas_forger_started,
    logout_request,
    number,
    success,
)
from tests.identity.conftest import BACK
from tests.identity.provider import cas_body, query_of
from tests.identity.test_signing_in_at_a_portal import START, fresh, made, who
from tests.world import World

LAUGHS = "".join(f'<!ENTITY l{each} "{f"&l{each - 1};" * 10}">' for each in range(1, 10))
BOMB = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
REFUSED: dict[str, bytes] = {
    "the ticket is none": answer('<c:authenticationFailure code="INVALID_TICKET">no</c:authenticationFailure>'),
    "another service": answer('<c:authenticationFailure code="INVALID_SERVICE">no</c:authenticationFailure>'),
    "through a proxy": success(more="<c:proxies><c:proxy>https://portal.example/</c:proxy></c:proxies>"),
    "for a proxy": success(more="<c:proxyGrantingTicket>PGTIOU-1</c:proxyGrantingTicket>"),
    "nobody": success(""),
    "nothing to be seen": success("&#8203;"),
    "two people": success(more="<c:user>bob</c:user>"),
    "a name with parts": success("<c:x/>alice"),
    "far too long a name": success("a" * 300),
}
UNUSABLE: dict[str, bytes] = {
    "no namespace": b"<serviceResponse><authenticationSuccess><user>alice</user></authenticationSuccess>"
    b"</serviceResponse>",
    "another namespace": success(namespace="http://www.yale.edu/tp/other"),
    "both outcomes": answer(
        "<c:authenticationFailure/><c:authenticationSuccess><c:user>alice</c:user></c:authenticationSuccess>"
    ),
    "its own fault": answer('<c:authenticationFailure code="INTERNAL_ERROR">no</c:authenticationFailure>'),
    "a bomb": BOMB.encode() + success("&l9;"),
    "a file": OUTSIDE.encode() + success("&f;"),
    "an outer type": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">' + success(),
    "a page": b"<!doctype html><title>Sign in</title><p>Please sign in",
    "version 1": b"yes\nalice\n",
    "an encoding nobody knows": b'<?xml version="1.0" encoding="x-none"?>' + success(),
    "an encoding of several bytes": b'<?xml version="1.0" encoding="GBK"?>' + success(),
    "far too long": success(more=f"<!--{'x' * 70_000}-->"),
    "nothing at all": b"",
}

FORGED_WORDS = [
    "",
    "no XML",
    logout_request("ST-1", namespace="urn:oasis:names:tc:SAML:1.0:protocol"),
    logout_request("&l9;", before=BOMB),
    logout_request("ST-1", before=OUTSIDE),
    logout_request("ST-1</s:SessionIndex><s:SessionIndex>ST-2"),
    logout_request("ST-1", before=f"<!--{'x' * 20_000}-->"),
    logout_request("").replace("s:LogoutRequest", "s:Response"),
    f'<x><s:LogoutRequest xmlns:s="{PROTOCOL}"><s:SessionIndex>ST-1</s:SessionIndex></s:LogoutRequest></x>',
]


@pytest.fixture
def forger() -> Iterator[CasForger]:
    """A CAS server that says what the test wants."""
    with cas_forger_started() as started:
        yield started


@pytest.fixture
def provider(world: World, forger: CasForger) -> IdentityProvider:
    """The forger, set up and switched on, with Alice linked."""
    found = made(world, cas_body(forger.issuer))
    ExternalIdentity.objects.create(
        provider=found, subject="alice", user=world.alice.user, how="staff_number", linked_at=world.now
    )
    return found


def back(forger: CasForger, body: bytes, ticket: str = "ST-1") -> tuple[Client, int]:
    """Come back with a ticket of which the server says so; return the browser, and how it was answered."""
    page, forger.body = fresh(), body
    service = query_of(page.get(START)["Location"])["service"]
    return page, page.get(BACK, {**query_of(service), "ticket": ticket}).status_code


def test_a_forged_answer_signs_nobody_in(provider: IdentityProvider, forger: CasForger) -> None:
    for name, body in {**REFUSED, **UNUSABLE}.items():
        page, status = back(forger, body)
        assert (name, status, who(page)) == (name, 400 if name in REFUSED else 503, "")
    page, status = back(forger, b"\n" + success())
    assert (status, who(page)) == (302, "Alice")


def test_only_tickets_for_services_are_asked_about_and_redirects_are_not_followed(
    provider: IdentityProvider, forger: CasForger, settings: Settings
) -> None:
    for ticket in ("", "PT-1", "PGT-1", "nothing", "ST-" + "x" * 5000):
        assert back(forger, success(), ticket)[1] == 400
    assert forger.asked == []
    forger.status, forger.headers = 302, {"Location": f"{forger.issuer}/elsewhere"}
    assert back(forger, success())[1] == 503
    assert [path for path, _query in forger.asked] == ["/p3/serviceValidate"]
    forger.status = 200
    settings.INTRANET_HOOK_HOSTS = frozenset()
    assert back(forger, success())[1] == 503
    assert len(forger.asked) == 1


def test_a_server_of_version_2_is_asked_at_its_address_about_this_browsers_way_back(
    provider: IdentityProvider, forger: CasForger
) -> None:
    forger.knows_version_3 = False
    assert back(forger, success())[1] == 302
    (_newer, asked), (path, again) = forger.asked
    assert (path, again) == ("/serviceValidate", asked)
    assert asked["service"].startswith(f"{installation.PUBLIC_URL}{BACK}?state=")


def test_spellings_of_a_user_name_are_one_and_a_number_told_twice_is_none(
    provider: IdentityProvider, forger: CasForger, world: World
) -> None:
    for spelling in ("ALICE", "\uff41lice", "  Alice "):
        page, _status = back(forger, success(spelling))
        assert who(page) == "Alice"
    assert back(forger, success("b-1", number("bob", "carol")))[1] == 403
    assert back(forger, success("b-1", "<c:attributes><employeeNumber>bob</employeeNumber></c:attributes>"))[1] == 403
    page, _status = back(forger, success("b-1", number("bob", "bob")))
    assert who(page) == "Bob"


def test_a_forged_word_ends_no_session(provider: IdentityProvider, forger: CasForger) -> None:
    page, _status = back(forger, success())
    for word in FORGED_WORDS:
        with CaptureQueriesContext(connection) as asked:
            sent = fresh().post(f"{BACK}?state=any", {"logoutRequest": word})
        assert (word, sent.status_code, who(page)) == (word, 400, "Alice")
        assert not [row["sql"] for row in asked.captured_queries if not row["sql"].startswith("SELECT")]
    assert fresh().post(BACK, {"logoutRequest": logout_request("ST-1")}).status_code == 200
    assert who(page) == ""
