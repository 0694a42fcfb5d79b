"""Signing in at a real provider (django-allauth): set up, tried, switched on, linked, signed out, and ended there."""

import time
from typing import Any

import pytest
import requests
from django.test import Client

from backend.accounts.models import SignIn
from backend.accounts.services.sign_ins import sign_ins_end_elsewhere
from backend.common.clock import database_now
from backend.common.models import OutboxMessage
from backend.identity.arriving import Ended
from backend.identity.models import ExternalIdentity, IdentityProvider
from backend.identity.services.ending import sessions_end
from backend.organisation.models import Appointment, Power
from tests.accounts.factors import app_add, give, password_typed
from tests.browser import SignIn as SignedIn
from tests.identity.conftest import BACK
from tests.identity.portal_people import CLIENT_ID
from tests.identity.provider import EVENT, Portal, provider_body, query_of, signed
from tests.integrations.programs import administrator
from tests.world import Member, World

START = "/sign-in/with/yucai"
REFUSED = "none of our accounts is linked"


def set_up(world: World, portal: Portal, **changes: object) -> IdentityProvider:
    """Let Ada set the portal up, and switch it on as if it had been tried."""
    return made(world, provider_body(portal.issuer, **changes))


def made(world: World, body: dict[str, object]) -> IdentityProvider:
    """Let Ada set a provider up, and switch it on as if it had been tried."""
    answer = administrator(world).client.post("identity-providers", body)
    assert answer.status_code == 201, answer.data
    IdentityProvider.objects.update(is_on=True, tried_at=world.now)
    return IdentityProvider.objects.get(code=body["code"])


def fresh() -> Client:
    """Return a browser in which nobody is signed in."""
    return Client(headers={"accept-language": "en"})


def went(page: Client, address: str) -> Any:
    """Follow the portal's answer back to Allclear."""
    return page.get(BACK, query_of(address))


def arrived(portal: Portal, name: str, page: Client, onward: str = "/") -> Any:
    """Sign in at the portal as somebody, and come back."""
    there = page.get(START, {"next": onward})["Location"]
    return went(page, portal.signed_in(there, name))


def who(page: Client) -> str:
    """Return whose pages a browser shows; empty for nobody's."""
    answer = page.get("/account")
    return answer.context["actor"].name if answer.status_code == 200 else ""


def told(member: Member) -> list[str]:
    """Return the news of an account that are on their way to its owner."""
    rows = OutboxMessage.objects.filter(topic="account.news", payload__user=member.user.pk)
    return sorted(str(row.payload["what"]) for row in rows)


def test_an_administrator_sets_it_up_tries_it_and_switches_it_on(
    world: World, portal: Portal, signed_in: SignedIn
) -> None:
    ada = administrator(world)
    page, body = signed_in(ada), provider_body(portal.issuer)
    assert page.post("/identity-providers", {**body, "issuer": "http://10.0.0.1"}).status_code == 400
    assert page.post("/identity-providers", body).status_code == 302
    provider = IdentityProvider.objects.get()
    address = f"/identity-providers/{provider.id}"
    assert str(body["client_secret"]) not in provider.client_secret
    assert page.get("/identity-providers").status_code == 200
    assert page.post(f"{address}/switch", {"turn": "on"}).status_code == 409
    assert fresh().get(START).status_code == 404
    way = page.post(f"{address}/try").context["address"]
    said = went(page, portal.signed_in(way, "ada"))
    assert said["Location"] == address
    seen = page.get(address).content.decode()
    assert ("It works" in seen, "That is the one here" in seen) == (True, True)
    assert page.post(f"{address}/switch", {"turn": "on"}).status_code == 302
    assert OutboxMessage.objects.filter(topic="people.power_changed", payload__what=Power.PROVIDER).exists()
    assert START in fresh().get("/sign-in").content.decode()
    assert START in fresh().get("/sign-in/with").content.decode()
    assert page.post(address, {**body, "name": "Portal"}).status_code == 302
    provider.refresh_from_db()
    assert (provider.is_on, provider.tried_at, provider.name) == (False, None, "Portal")
    for other in (world.alice, world.mallory):
        assert signed_in(other).get("/identity-providers").status_code == 403


def test_a_teacher_is_linked_by_the_staff_number_and_comes_to_the_page_asked_for(world: World, portal: Portal) -> None:
    set_up(world, portal)
    page, theirs = fresh(), requests.Session()
    button = page.get("/sign-in?next=/reports").content.decode()
    assert f"{START}?next=%2Freports" in button
    there = page.get(START, {"next": "/reports"})["Location"]
    asked = query_of(there)
    assert (asked["code_challenge_method"], asked["client_id"]) == ("S256", CLIENT_ID)
    address = portal.signed_in(there, "alice", theirs)
    assert went(page, address)["Location"] == "/reports"
    assert who(page) == "Alice"
    assert told(world.alice) == ["identity_linked", "new_device"]
    # The same answer again, and its code under a state of another browser, sign nobody in.
    assert went(page, address).status_code == 400
    other = fresh()
    state = query_of(other.get(START)["Location"])["state"]
    replayed = {**query_of(address), "state": state}
    assert other.get(BACK, replayed).status_code == 400
    assert who(other) == ""
    # Once known, she comes by whatever number the portal tells, and to no other site.
    world.alice.person.staff_number = "changed"
    world.alice.person.save()
    assert arrived(portal, "alice", other, "//evil.example/")["Location"] == "/"
    assert who(other) == "Alice"
    # Signing out leads on to the portal's own page for it, which comes back.
    out = page.post("/sign-out").context["leave"]
    assert query_of(out)["post_logout_redirect_uri"].endswith("/sign-in")
    assert theirs.get(out, allow_redirects=False, timeout=30).status_code in {200, 302}
    assert who(page) == ""


@pytest.mark.parametrize("case", ["left", "closed", "elsewhere", "powers", "untrusted", "unknown"])
def test_nobody_else_gets_in(world: World, portal: Portal, case: str) -> None:
    provider = set_up(world, portal, links_by_staff_number=case != "untrusted")
    name = {"elsewhere": "mallory", "powers": "dan", "unknown": "nobody"}.get(case, "alice")
    if case in {"left", "closed"}:
        ExternalIdentity.objects.create(
            provider=provider, subject="1", user=world.alice.user, how="oneself", linked_at=world.now
        )
    if case == "left":
        Appointment.objects.filter(person=world.alice.person).update(ends_at=database_now())
    if case == "closed":
        world.alice.user.is_active = False
        world.alice.user.save()
    page = fresh()
    answer = arrived(portal, name, page)
    assert (answer.status_code, REFUSED in answer.content.decode(), who(page)) == (403, True, "")


def test_whoever_opens_what_is_sealed_links_it_themselves_and_still_gives_the_second_factor(
    world: World, portal: Portal, signed_in: SignedIn
) -> None:
    set_up(world, portal, counts_as_factor=True)
    own = signed_in(world.dan)
    app, _codes = app_add(own)
    way = own.post("/account/identities/yucai/link").context["address"]
    stranger = signed_in(world.bob)
    address = portal.signed_in(way, "dan")
    assert went(stranger, address).status_code == 400  # begun in another browser
    assert went(own, address)["Location"] == "/account"
    assert "identity_linked" in told(world.dan)
    assert world.dan.client.get("me/identities").data["items"][0]["provider"]["code"] == "yucai"
    page = fresh()
    assert arrived(portal, "dan", page, "/today")["Location"] == "/sign-in/factor"
    assert who(page) == ""
    assert "signed in there" in page.get("/sign-in/factor").content.decode()
    assert give(page, app.code()).headers["Location"] == "/today"
    assert who(page) == "Dan"
    # Another account cannot take over who he is there.
    taken = signed_in(world.bob)
    way = taken.post("/account/identities/yucai/link").context["address"]
    assert went(taken, portal.signed_in(way, "dan")).status_code == 409
    identity = ExternalIdentity.objects.get()
    assert world.bob.client.http.delete(f"/api/v1/me/identities/{identity.id}").status_code == 404
    assert own.post(f"/account/identities/{identity.id}/end").status_code == 302
    assert (who(own), who(page)) == ("Dan", "")
    assert "identity_ended" in told(world.dan)


def test_coming_by_the_portal_is_no_proof_for_powers_over_people(world: World, portal: Portal) -> None:
    set_up(world, portal)
    page = fresh()
    arrived(portal, "bob", page)
    asked = page.post("/account/identities/yucai/link")
    assert (asked.status_code, b"prove_password" in asked.content) == (403, True)
    # A new password keeps the session, and the portal still ends it.
    assert SignIn.objects.get(user=world.bob.user, session__isnull=False).identity is not None


def test_what_ends_at_the_portal_ends_here(world: World, portal: Portal) -> None:
    set_up(world, portal)
    page = fresh()
    arrived(portal, "alice", page)
    subject, now = ExternalIdentity.objects.get().subject, int(time.time())
    said = {"iss": portal.issuer, "aud": CLIENT_ID, "sub": subject, "iat": now, "jti": "one", "events": {EVENT: {}}}
    token = signed(portal.key, said)
    assert fresh().get(f"{START}/ended").status_code == 400
    wrong = fresh().post(f"{START}/ended", {"logout_token": signed(portal.key, {**said, "sub": "77"})})
    assert (wrong.status_code, who(page)) == (200, "Alice")  # nobody of ours
    assert fresh().post(f"{START}/ended", {"logout_token": token}).status_code == 400  # that id was used up
    token = signed(portal.key, {**said, "jti": "two"})
    assert fresh().post(f"{START}/ended", {"logout_token": token}).status_code == 200
    assert who(page) == ""


@pytest.mark.parametrize("word", ["portal", "link", "post"])
def test_what_ends_while_somebody_types_their_second_factor_lets_them_in_no_more(
    world: World, portal: Portal, signed_in: SignedIn, word: str
) -> None:
    provider, own = set_up(world, portal), signed_in(world.dan)
    app, _codes = app_add(own)
    went(own, portal.signed_in(own.post("/account/identities/yucai/link").context["address"], "dan"))
    page, typed = fresh(), password_typed(world.dan)
    arrived(portal, "dan", page)
    identity = ExternalIdentity.objects.get()
    if word == "link":
        assert own.post(f"/account/identities/{identity.id}/end").status_code == 302
    elif word == "post":
        sign_ins_end_elsewhere(users=[world.dan.user.pk])
    else:
        sessions_end(provider=provider, ended=Ended("", identity.subject, ()), now=database_now())
    assert (give(page, app.code()).headers["Location"], who(page)) == ("/sign-in", "")
    # Whoever typed a password goes on.
    assert (give(typed, app.code()).headers["Location"], who(typed)) == ("/", "Dan")
