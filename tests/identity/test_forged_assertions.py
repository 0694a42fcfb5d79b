"""Assertions are taken only as they were signed, for us, here, now and once; each forgery stands beside a right one."""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree

from backend.identity.models import ExternalIdentity, IdentityProvider
from tests.identity.conftest import BACK
from tests.identity.provider import query_of, saml_body
from tests.identity.saml_forger import ASSERTION, ISSUER, PROTOCOL, SIGNATURE, Answers, Keys, wrappings
from tests.identity.test_forged_tickets import BOMB, OUTSIDE
from tests.identity.test_signing_in_at_a_portal import START, fresh, made, who
from tests.world import World

HERE = f"{settings.PUBLIC_URL}{BACK}"
AUDIENCE = f"{settings.PUBLIC_URL}{START}/metadata"
ENDED = f"{START}/ended"
CONDITION = (
    '<a:Condition xmlns:a="{}" xmlns:x="urn:x" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="x:y"/>'
)
WRONG: dict[str, dict[str, str]] = {
    "another audience": {"audience": "https://other.example"},
    "another recipient": {"recipient": f"{HERE}x"},
    "of somebody else": {"issuer": "https://other.example/saml"},
    "another request": {"request": "_of-another-browser"},
    "no request": {"request": ""},
    "not confirmed by whoever bears it": {"method": "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"},
    "a condition that we do not know": {"more": CONDITION.format(ASSERTION)},
    "another version": {"version": "1.1"},
    "nobody": {"subject": ""},
    "a name with parts": {"subject": "<b>x</b>"},
    "an instant without a zone": {"until": "2099-01-01T00:00:00"},
    "far too long a name": {"subject": "a" * 300},
}


@pytest.fixture(scope="module")
def keys() -> Keys:
    """The key of the provider."""
    return Keys()


@pytest.fixture
def provider(world: World, keys: Keys) -> IdentityProvider:
    """The forger, set up and switched on, with Alice and Bob linked."""
    found = made(world, saml_body(ISSUER, metadata=keys.metadata()))
    for member in (world.alice, world.bob):
        subject = f"lasting-{member.user.username}"
        ExternalIdentity.objects.create(
            provider=found, subject=subject, user=member.user, how="oneself", linked_at=world.now
        )
    return found


class Visit:
    """A browser that has begun, and what it would have to be answered."""

    def __init__(self, world: World) -> None:
        self.page = fresh()
        asked = query_of(self.page.get(START)["Location"])
        self.state = asked["RelayState"]
        request = fromstring(zlib.decompress(b64decode(asked["SAMLRequest"]), -15))  # noqa: S314 - our own
        assert request.get("AssertionConsumerServiceURL") == HERE
        self.answers = Answers(HERE, AUDIENCE, str(request.get("ID")), world.now)

    def back(self, answer: Any) -> tuple[int, str]:
        """Come back with an answer; return how it was taken, and who is signed in."""
        body = answer if isinstance(answer, bytes) else etree.tostring(answer)
        posted = {"SAMLResponse": b64encode(body).decode(), "RelayState": self.state}
        sent = fresh().post(BACK, posted)
        return self.page.get(sent["Location"]).status_code, who(self.page)


def begun(world: World) -> Visit:
    """Return a new browser that has begun."""
    return Visit(world)


def test_a_signed_assertion_lets_somebody_in_by_itself_or_in_a_signed_answer(
    world: World, provider: IdentityProvider, keys: Keys
) -> None:
    for number in range(4):
        visit = begun(world)
        assertion = visit.answers.assertion()
        answer = visit.answers.answer(keys.signed(assertion) if number % 2 else assertion)
        whole = keys.signed(answer) if number in {0, 3} else answer
        assert (number, visit.back(whole)) == (number, (400, "") if number == 2 else (302, "Alice"))


def test_a_wrapped_assertion_lets_nobody_in(world: World, provider: IdentityProvider, keys: Keys) -> None:
    for name in wrappings(begun(world).answers, keys):
        visit = begun(world)
        assert (name, visit.back(wrappings(visit.answers, keys)[name])) == (name, (400, ""))


def test_what_is_not_for_us_here_and_now_lets_nobody_in(world: World, provider: IdentityProvider, keys: Keys) -> None:
    for name, changes in WRONG.items():
        visit = begun(world)
        answer = visit.answers.answer(keys.signed(visit.answers.assertion(**changes)))
        assert (name, visit.back(answer)) == (name, (400, ""))
    for after, until in ((-900, -120), (120, 900)):
        visit = begun(world)
        times = {"after": visit.answers.moment(after), "until": visit.answers.moment(until)}
        assert visit.back(visit.answers.answer(keys.signed(visit.answers.assertion(**times)))) == (400, "")
    for envelope in ({"destination": f"{HERE}x"}, {"status": "Requester"}):
        visit = begun(world)
        answer = visit.answers.answer(keys.signed(visit.answers.assertion()), **envelope)
        assert visit.back(answer) == (400, "")


def test_what_is_signed_otherwise_or_reads_two_ways_lets_nobody_in(
    world: World, provider: IdentityProvider, keys: Keys
) -> None:
    def plain(visit: Visit) -> bytes:
        return bytes(etree.tostring(visit.answers.answer(keys.signed(visit.answers.assertion()))))

    def signed_by(visit: Visit, other: Keys, method: str, digest: str) -> bytes:
        return bytes(etree.tostring(visit.answers.answer(other.signed(visit.answers.assertion(), method, digest))))

    def unsigned(visit: Visit) -> bytes:
        root = visit.answers.answer(keys.signed(visit.answers.assertion()))
        signature = next(root.iter(SIGNATURE))
        signature.getparent().remove(signature)
        return bytes(etree.tostring(root))

    forged: dict[str, Callable[[Visit], bytes]] = {
        "unsigned": unsigned,
        "a foreign key": lambda visit: signed_by(visit, Keys(), "RSA_SHA256", "SHA256"),
        "SHA-1": lambda visit: signed_by(visit, keys, "RSA_SHA1", "SHA256"),
        "a digest by SHA-1": lambda visit: signed_by(visit, keys, "RSA_SHA256", "SHA1"),
        "a comment in the name": lambda visit: plain(visit).replace(b"lasting-alice", b"lasting-alice<!---->x"),
        "an instruction in it": lambda visit: plain(visit).replace(b"lasting-alice", b"lasting-alice<?x y?>"),
        "another name": lambda visit: plain(visit).replace(b"lasting-alice", b"lasting-bob"),
        "a bomb": lambda visit: BOMB.encode() + plain(visit).replace(b"lasting-alice", b"&l9;"),
        "a file": lambda visit: OUTSIDE.encode() + plain(visit).replace(b"lasting-alice", b"&f;"),
        "another encoding": lambda visit: b'<?xml version="1.0" encoding="UTF-7"?>' + plain(visit),
        "two of one name": lambda visit: plain(visit).replace(b'ID="_answer"', b'ID="_assertion"'),
        "far too long": lambda visit: plain(visit).replace(b"<p:Status>", b"<p:Status>" + b" " * 300_000),
        "no XML": lambda _visit: b"no",
        "nothing": lambda _visit: b"",
    }
    for name, forge in forged.items():
        visit = begun(world)
        assert (name, visit.back(forge(visit))) == (name, (400, ""))
    visit = begun(world)
    assert visit.back(plain(visit)) == (302, "Alice")


def test_a_name_that_is_new_each_time_is_said_to_be_so(world: World, provider: IdentityProvider, keys: Keys) -> None:
    visit = begun(world)
    answer = visit.answers.answer(keys.signed(visit.answers.assertion(form="2.0:nameid-format:transient")))
    posted = {"SAMLResponse": b64encode(etree.tostring(answer)).decode(), "RelayState": visit.state}
    told = visit.page.get(fresh().post(BACK, posted)["Location"])
    assert (told.status_code, "another name each time" in told.content.decode()) == (400, True)


def logout(answers: Answers, subject: str = "lasting-alice", **changes: str) -> Any:
    """Return a word that somebody's sessions ended there, not signed yet."""
    said = {"id": "_logout", "made": answers.moment(0), "to": f"{settings.PUBLIC_URL}{ENDED}", **changes}
    return etree.fromstring(
        f'<p:LogoutRequest xmlns:p="{PROTOCOL}" xmlns:a="{ASSERTION}" ID="{said["id"]}" Version="2.0" '
        f'IssueInstant="{said["made"]}" Destination="{said["to"]}"><a:Issuer>{ISSUER}</a:Issuer>'
        f"<a:NameID>{subject}</a:NameID><p:SessionIndex>s-1</p:SessionIndex></p:LogoutRequest>"
    )


def heard(word: Any, page: Client) -> tuple[int, str]:
    """Post a word that a session ended; return how it was taken, and who is still signed in."""
    sent = fresh().post(ENDED, {"SAMLRequest": b64encode(etree.tostring(word)).decode()})
    return sent.status_code, who(page)


def test_a_forged_word_ends_no_session(world: World, provider: IdentityProvider, keys: Keys) -> None:
    visit = begun(world)
    answers = visit.answers
    visit.back(answers.answer(keys.signed(answers.assertion())))
    wrapped = keys.signed(logout(answers, "lasting-bob"))
    wrapped.find(f"{{{ASSERTION}}}NameID").text = "lasting-alice"
    forged = [
        logout(answers),
        Keys().signed(logout(answers)),
        keys.signed(logout(answers), "RSA_SHA1", "SHA1"),
        keys.signed(logout(answers, to=f"{settings.PUBLIC_URL}/elsewhere")),
        keys.signed(logout(answers, made=answers.moment(-3600))),
        wrapped,
    ]
    for word in forged:
        with CaptureQueriesContext(connection) as asked:
            taken = heard(word, visit.page)
        assert taken == (400, "Alice")
        assert not [row["sql"] for row in asked.captured_queries if row["sql"].startswith(("INSERT", "DELETE"))]
    assert heard(keys.signed(logout(answers)), visit.page) == (302, "")
