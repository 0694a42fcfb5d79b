"""Tokens of a provider are taken only as the specification has them; each forgery stands beside one that is right."""

import hmac
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from joserfc.util import urlsafe_b64encode
from pytest_django import Settings

from backend.accounts.models import SignIn
from backend.accounts.services.sign_ins import sessions_purge
from backend.common.clock import database_now
from backend.identity.models import ExternalIdentity, IdentityProvider
from backend.identity.oidc import KEYS_ASKED
from backend.identity.sessions import session_mark
from backend.organisation.models import Appointment, Post
from tests.browser import SignIn as SignedIn
from tests.identity.conftest import BACK
from tests.identity.portal_people import CLIENT_ID, CLIENT_SECRET
from tests.identity.provider import Forger, key_new, provider_body, query_of, signed
from tests.identity.test_signing_in_at_a_portal import START, fresh, who
from tests.integrations.programs import administrator
from tests.world import World

Forge = Callable[[Forger, dict[str, Any]], str]


def unsigned(_forger: Forger, claims: dict[str, Any]) -> str:
    """Return the claims with the algorithm `none`."""
    header = urlsafe_b64encode(b'{"alg":"none"}').decode()
    return f"{header}.{urlsafe_b64encode(json.dumps(claims).encode()).decode()}."


def by_secret(secret: Callable[[Forger], bytes]) -> Forge:
    """Sign with a key of both sides, as if it were one of the provider alone; no library would."""

    def forge(forger: Forger, claims: dict[str, Any]) -> str:
        header = json.dumps({"alg": "HS256", "kid": forger.key.thumbprint()}).encode()
        text = b".".join(urlsafe_b64encode(part) for part in (header, json.dumps(claims).encode()))
        return b".".join((text, urlsafe_b64encode(hmac.digest(secret(forger), text, "sha256")))).decode()

    return forge


def otherwise(**changes: Any) -> Forge:
    """Sign rightly what is not right."""

    def forge(forger: Forger, claims: dict[str, Any]) -> str:
        changed = {**claims, **changes}
        return signed(forger.key, {name: value for name, value in changed.items() if value is not None})

    return forge


def at(**seconds: int) -> Forge:
    """Sign rightly with instants that are so many seconds from now, where now is when the token is sent."""
    return lambda forger, claims: signed(
        forger.key, {**claims, **{name: int(time.time()) + many for name, many in seconds.items()}}
    )


ALWAYS: dict[str, Forge] = {
    "no signature": unsigned,
    "our secret": by_secret(lambda _forger: CLIENT_SECRET.encode()),
    "its public key as a secret": by_secret(lambda forger: forger.key.as_pem(private=False)),
    "another key": lambda _forger, claims: signed(key_new(), claims),
    "another issuer": otherwise(iss="https://elsewhere.example"),
    "another client": otherwise(aud="somebody-else"),
    "several clients": otherwise(aud=[CLIENT_ID, "somebody-else"]),
    "for another client": otherwise(azp="somebody-else"),
    "no client": otherwise(aud=None),
    "over": at(exp=-3600),
    "nothing": lambda _forger, _claims: "",
    "far too long": lambda forger, claims: signed(forger.key, {**claims, "more": "x" * 20_000}),
}
OF_SIGN_IN: dict[str, Forge] = {
    **ALWAYS,
    "another nonce": otherwise(nonce="other"),
    "no nonce": otherwise(nonce=None),
    "no end": otherwise(exp=None),
    "nobody": otherwise(sub=None),
    "a number for a name": otherwise(sub=7),
    "from the future": at(iat=7200),
}
OF_ENDING: dict[str, Forge] = {
    **ALWAYS,
    "old": at(iat=-3600),
    "no time": otherwise(iat=None),
    "no id": otherwise(jti=None),
    "another event": otherwise(events={"http://elsewhere.example": {}}),
    "no event": otherwise(events=None),
    "a token of a sign-in": otherwise(nonce="of-the-sign-in"),
    "about nobody": otherwise(sub=None),
}


@pytest.fixture
def provider(world: World, forger: Forger) -> IdentityProvider:
    """The forger, set up and switched on, with Alice linked."""
    answer = administrator(world).client.post("identity-providers", provider_body(forger.issuer))
    assert answer.status_code == 201, answer.data
    IdentityProvider.objects.update(is_on=True, tried_at=world.now)
    found = IdentityProvider.objects.get()
    ExternalIdentity.objects.create(
        provider=found, subject="a-1", user=world.alice.user, how="staff_number", linked_at=world.now
    )
    return found


def back(forger: Forger, forge: Forge | None = None, **changes: Any) -> tuple[Client, int]:
    """Sign in with a token, forged or right; return the browser, and how it was answered."""
    page = fresh()
    begun = query_of(page.get(START)["Location"])
    claims = forger.claims(nonce=begun["nonce"], **changes)
    forger.token = forge(forger, claims) if forge else signed(forger.key, claims)
    return page, page.get(BACK, {"state": begun["state"], "code": "c"}).status_code


@pytest.mark.slow("tests/identity/test_forged_tokens.py", after=8)
@pytest.mark.parametrize("forged", OF_SIGN_IN)
def test_a_forged_token_signs_nobody_in(provider: IdentityProvider, forger: Forger, forged: str) -> None:
    page, status = back(forger, OF_SIGN_IN[forged])
    assert (status, who(page)) == (400, "")
    KEYS_ASKED.clear()
    page, status = back(forger)
    assert (status, who(page)) == (302, "Alice")


@pytest.mark.slow("tests/identity/test_forged_tokens.py", after=8)
@pytest.mark.parametrize("forged", OF_ENDING)
def test_a_forged_word_ends_no_session(provider: IdentityProvider, forger: Forger, forged: str) -> None:
    page, _status = back(forger)
    claims = forger.logout_claims(exp=int(time.time()) + 300)
    sent = fresh().post(f"{START}/ended", {"logout_token": OF_ENDING[forged](forger, claims)})
    assert (sent.status_code, who(page)) == (400, "Alice")


def test_one_session_ends_and_the_others_stay_also_after_a_new_password(
    provider: IdentityProvider, forger: Forger, world: World
) -> None:
    first, _status = back(forger, sid="s-1")
    second, _status = back(forger, sid="s-2")
    typed = {"present": world.alice.password, "password": "another-long-password-1", "again": "another-long-password-1"}
    assert first.post("/account/password", typed).status_code == 302
    assert SignIn.objects.filter(mark=session_mark(provider=provider, session="s-1")).count() == 1
    third, _status = back(forger, sid="s-3")
    unnamed, _status = back(forger)
    word = signed(forger.key, forger.logout_claims(sid="s-1", sub=None))
    assert fresh().post(f"{START}/ended", {"logout_token": word}).status_code == 200
    assert [who(page) for page in (first, second, third, unnamed)] == ["", "", "Alice", "Alice"]
    word = signed(forger.key, forger.logout_claims(sid="s-9", jti="j-2"))
    assert fresh().post(f"{START}/ended", {"logout_token": word}).status_code == 200
    assert (who(third), who(unnamed)) == ("Alice", "")


def test_what_is_begun_and_left_is_forgotten_soon_and_a_sign_in_lasts(
    provider: IdentityProvider, forger: Forger
) -> None:
    for _time in range(3):
        fresh().get(START)
    assert back(forger)[1] == 302
    now = database_now()
    soon = Session.objects.filter(expire_date__lt=now + timedelta(days=1))
    lasting = Session.objects.filter(expire_date__gt=now + timedelta(days=13))
    assert (soon.count(), lasting.count()) == (3, 1)
    assert sessions_purge(now=now + timedelta(minutes=16)) == 3
    assert sessions_purge(now=now + timedelta(minutes=16)) == 0


def test_a_new_key_is_taken_and_keys_are_not_asked_for_at_every_forgery(
    provider: IdentityProvider, forger: Forger
) -> None:
    assert back(forger)[1] == 302
    for _time in range(3):
        back(forger, lambda _forger, claims: signed(key_new(), claims))
    assert forger.asked.count("/keys") == 1
    KEYS_ASKED.clear()  # a minute later
    forger.key = key_new()
    assert back(forger)[1] == 302
    assert forger.asked.count("/.well-known/openid-configuration") == 1
    assert forger.forms[0]["code_verifier"]
    assert forger.forms[0]["Authorization"].startswith("Basic ")


def test_the_staff_number_is_asked_for_where_the_token_says_none_and_only_of_the_same_person(
    provider: IdentityProvider, forger: Forger
) -> None:
    forger.userinfo = {"sub": "b-1", "preferred_username": "ＢＯＢ"}
    page, _status = back(forger, sub="b-1")
    assert who(page) == "Bob"
    forger.userinfo = {"sub": "b-1", "preferred_username": "carol"}
    assert back(forger, sub="c-1")[1] == 400


def test_a_link_by_the_staff_number_counts_no_more_once_its_owner_has_a_guarded_post(
    provider: IdentityProvider, forger: Forger, world: World, signed_in: SignedIn
) -> None:
    own, forger.userinfo = signed_in(world.alice), {"sub": "a-1", "preferred_username": "alice"}
    post = Post.objects.get(school=world.school, role="principal")
    Appointment.objects.create(post=post, person=world.alice.person, starts_at=database_now() + timedelta(days=1))
    assert back(forger)[1] == 403
    Appointment.objects.filter(post=post, person=world.alice.person).update(starts_at=world.now)
    assert "Link with 育才门户" in own.get("/account").content.decode()
    begun = query_of(own.post("/account/identities/yucai/link").context["address"])
    forger.token = signed(forger.key, forger.claims(nonce=begun["nonce"]))
    assert own.get(BACK, {"state": begun["state"], "code": "c"})["Location"] == "/account"
    assert back(forger)[1] == 302


@pytest.mark.parametrize(
    "told",
    [
        {"issuer": "http://127.0.0.1:1"},
        {"token_endpoint": "http://10.0.0.1/token"},
        {"jwks_uri": "https://localhost/keys"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": ["https://a.example"]},
    ],
)
def test_a_provider_that_describes_itself_wrongly_is_not_used(
    provider: IdentityProvider, forger: Forger, told: dict[str, Any]
) -> None:
    forger.told = told
    answer = fresh().get(START)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert b"sign in with your password" in answer.content


def test_addresses_inside_are_asked_only_where_the_installation_names_them(
    provider: IdentityProvider, forger: Forger, settings: Settings
) -> None:
    settings.INTRANET_HOOK_HOSTS = frozenset()
    assert fresh().get(START).status_code == 503
    assert forger.asked == []
