"""Signing in at a real CAS server (django-cas-server): set up, tried, linked; tickets are good once, here, and now."""

import pytest
import requests
from django.conf import settings

from backend.accounts.models import HalfSignIn, SignIn
from backend.common.clock import database_now
from backend.identity.models import ExternalIdentity, IdentityProvider
from backend.identity.sessions import session_mark
from backend.organisation.models import Appointment
from tests.accounts.factors import app_add, give
from tests.browser import SignIn as SignedIn
from tests.identity.cas_forger import logout_request
from tests.identity.conftest import BACK
from tests.identity.portal_people import CLIENT_SECRET
from tests.identity.provider import Forger, Portal, cas_body, provider_body, query_of
from tests.identity.test_signing_in_at_a_portal import REFUSED, START, arrived, fresh, made, went, who
from tests.integrations.programs import administrator
from tests.setup.test_go_live_check import checked
from tests.world import World


def test_an_administrator_sets_it_up_tries_it_and_switches_it_on(
    world: World, cas: Portal, signed_in: SignedIn
) -> None:
    page, body = signed_in(administrator(world)), cas_body(cas.issuer, links_by_staff_number="1")
    assert page.post("/identity-providers", {**body, "kind": "oidc"}).status_code == 400  # it would need a client
    assert page.post("/identity-providers", body).status_code == 302
    provider = IdentityProvider.objects.get()
    address = f"/identity-providers/{provider.id}"
    shown = page.get(address).content.decode()
    assert ("client_id" in shown, "client_secret" in shown, BACK in shown) == (False, False, True)
    way = page.post(f"{address}/try").context["address"]
    assert went(page, cas.signed_in(way, "ada"))["Location"] == address
    assert "Your staff number there: ADA. That is the one here." in page.get(address).content.decode()
    assert page.post(f"{address}/switch", {"turn": "on"}).status_code == 302
    assert START in fresh().get("/sign-in").content.decode()
    assert page.post(address, {**body, "name": "Portal", "client_id": "c"}).status_code == 302
    provider.refresh_from_db()
    assert (provider.is_on, provider.tried_at, provider.name, provider.client_id) == (False, None, "Portal", "")


def test_a_teacher_is_linked_by_the_staff_number_and_a_ticket_is_good_once_and_in_one_browser(
    world: World, cas: Portal
) -> None:
    provider = made(world, cas_body(cas.issuer))
    page, theirs = fresh(), requests.Session()
    there = page.get(START, {"next": "/reports"})["Location"]
    asked = query_of(there)
    assert asked["service"].startswith(f"{settings.PUBLIC_URL}{BACK}?state=")
    address = cas.signed_in(there, "alice", theirs)
    assert went(page, address)["Location"] == "/reports"
    assert (who(page), ExternalIdentity.objects.get().subject) == ("Alice", "alice")
    # The same answer again, and its ticket under a state of another browser, sign nobody in.
    assert went(page, address).status_code == 400
    other = fresh()
    service = query_of(other.get(START)["Location"])["service"]
    ticket = query_of(cas.signed_in(fresh().get(START)["Location"], "alice", theirs))["ticket"]
    state = query_of(service)["state"]
    assert other.get(BACK, {"state": state, "ticket": ticket}).status_code == 400
    assert who(other) == ""
    # Once known, she comes by her name alone, and to no other site.
    IdentityProvider.objects.update(staff_number_claim="", links_by_staff_number=False)
    assert arrived(cas, "alice", other, "//evil.example/")["Location"] == "/"
    assert who(other) == "Alice"
    mark = session_mark(provider=provider, session=query_of(address)["ticket"])
    assert SignIn.objects.get(mark=mark).identity == ExternalIdentity.objects.get().id
    # Signing out leads on to the server's own page for it, which comes back; what ended there ends here.
    out = page.post("/sign-out").context["leave"]
    left = theirs.get(out, allow_redirects=False, timeout=30)
    assert (left.status_code, left.headers["Location"]) == (302, f"{settings.PUBLIC_URL}/sign-in")
    assert (who(page), who(other)) == ("", "Alice")


@pytest.mark.parametrize("case", ["left", "elsewhere", "powers", "untrusted", "unknown"])
def test_nobody_else_gets_in(world: World, cas: Portal, case: str) -> None:
    provider = made(world, cas_body(cas.issuer, links_by_staff_number=case != "untrusted"))
    name = {"elsewhere": "mallory", "powers": "dan", "unknown": "nobody"}.get(case, "alice")
    if case == "left":
        ExternalIdentity.objects.create(
            provider=provider, subject="alice", user=world.alice.user, how="oneself", linked_at=world.now
        )
        Appointment.objects.filter(person=world.alice.person).update(ends_at=database_now())
    page = fresh()
    answer = arrived(cas, name, page)
    assert (answer.status_code, REFUSED in answer.content.decode(), who(page)) == (403, True, "")


def test_the_user_name_itself_may_be_the_staff_number_and_whoever_has_powers_links_it_alone(
    world: World, cas: Portal, signed_in: SignedIn
) -> None:
    made(world, {**cas_body(cas.issuer), "staff_number_claim": "user_name"})
    page = fresh()
    arrived(cas, "bob", page)
    assert who(page) == "Bob"
    own = signed_in(world.dan)
    way = own.post("/account/identities/yucai/link").context["address"]
    assert went(own, cas.signed_in(way, "dan"))["Location"] == "/account"
    page = fresh()
    arrived(cas, "dan", page)
    assert who(page) == "Dan"


def test_the_check_before_going_live_names_each_that_is_on_and_asks_it(
    world: World, cas: Portal, portal: Portal, forger: Forger
) -> None:
    assert checked()[1]["elsewhere"] == "ok: Nobody signs in elsewhere."
    made(world, cas_body(cas.issuer))
    made(world, provider_body(portal.issuer, code="second", name="Second"))
    said = checked()[1]["elsewhere"]
    assert (said.startswith("ok"), cas.issuer in said, portal.issuer in said) == (True, True, True)
    made(world, cas_body(forger.issuer, code="third", name="Third"))
    said = checked()[1]["elsewhere"]
    assert (said.startswith("FAILS"), f"Third (Qinghe School, {forger.issuer})" in said) == (True, True), said
    assert (CLIENT_SECRET in said, cas.issuer in said) == (False, False)


def test_the_word_that_a_session_ended_ends_that_one_alone(world: World, cas: Portal) -> None:
    made(world, cas_body(cas.issuer))
    first, second = fresh(), fresh()
    tickets = []
    for page in (first, second):
        address = cas.signed_in(page.get(START)["Location"], "alice")
        assert went(page, address).status_code == 302
        tickets.append(query_of(address)["ticket"])
    for address in (f"{BACK}?state=any", f"{START}/ended"):
        for word in ("", logout_request("ST-of-nobody")):
            fresh().post(address, {"logoutRequest": word})
    assert (who(first), who(second)) == ("Alice", "Alice")
    for _time in range(2):
        assert fresh().post(f"{BACK}?state=any", {"logoutRequest": logout_request(tickets[0])}).status_code == 200
        assert (who(first), who(second)) == ("", "Alice")


def test_the_word_that_a_session_ended_ends_it_while_its_second_factor_is_typed(
    world: World, cas: Portal, signed_in: SignedIn
) -> None:
    made(world, cas_body(cas.issuer))
    own = signed_in(world.dan)
    app, _codes = app_add(own)
    went(own, cas.signed_in(own.post("/account/identities/yucai/link").context["address"], "dan"))
    first, second = fresh(), fresh()
    address = cas.signed_in(first.get(START)["Location"], "dan")
    for page, there in ((first, address), (second, cas.signed_in(second.get(START)["Location"], "dan"))):
        assert went(page, there)["Location"] == "/sign-in/factor"
    word = {"logoutRequest": logout_request(query_of(address)["ticket"])}
    assert fresh().post(f"{BACK}?state=any", word).status_code == 200
    assert (give(first, app.code()).headers["Location"], who(first)) == ("/sign-in", "")
    assert (give(second, app.code()).headers["Location"], who(second)) == ("/", "Dan")
    assert not HalfSignIn.objects.exists()
