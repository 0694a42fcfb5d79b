"""Sign-ins elsewhere over the API: made, changed and switched by their school's administrator; one's own links."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.services.sign_ins import Place, Through, session_record
from backend.identity.models import ExternalIdentity, IdentityProvider
from backend.organisation.models import Appointment, PendingPower, Post
from backend.organisation.roles import Role
from backend.organisation.services.appointing import appointment_put, appointments_add, post_apply
from tests.browser import SignIn as SignedIn
from tests.identity.portal_people import CLIENT_SECRET
from tests.identity.provider import provider_body
from tests.identity.test_signing_in_at_a_portal import fresh
from tests.integrations.programs import administrator
from tests.workflow.steps import file_ticket
from tests.world import PASSWORD, World, member_add

ISSUER = "https://id.school.example"


def code(answer: Any) -> tuple[int, str]:
    """Return how something was refused."""
    return answer.status_code, answer.data["code"]


def test_it_is_made_changed_and_switched_by_the_administrator_alone(world: World) -> None:
    ada = administrator(world).client
    body = provider_body(ISSUER)
    made = ada.post("identity-providers", body)
    assert (made.status_code, made.data["is_on"], made.data["has_secret"]) == (201, False, True)
    assert CLIENT_SECRET not in str(made.data)
    for changes, refused in (
        ({}, (409, "provider_exists")),
        ({"issuer": "https://other.example"}, (409, "provider_code_taken")),
        ({"issuer": "https://10.0.0.1", "code": "b2"}, (400, "provider_address_refused")),
        ({"issuer": "https://id.example?x=1", "code": "b2"}, (400, "provider_address_refused")),
        ({"issuer": "https://other.example", "code": "b2", "staff_number_claim": ""}, (400, "claim_missing")),
        ({"issuer": "https://other.example", "code": "b2", "client_secret": "密" * 110}, (400, "validation_error")),
    ):
        assert code(ada.post("identity-providers", {**body, **changes})) == refused
    one = f"identity-providers/{made.data['id']}"
    assert code(ada.post(f"{one}/switch-on")) == (409, "provider_untried")
    IdentityProvider.objects.update(tried_at=world.now)
    assert ada.post(f"{one}/switch-on").data["is_on"] is True
    assert ada.get(one).data["tried_at"] is not None
    settings = {name: value for name, value in body.items() if name not in {"kind", "issuer", "client_secret"}}
    stored = IdentityProvider.objects.get().client_secret
    changed = ada.http.put(f"/api/v1/{one}", {**settings, "name": "Portal"}, format="json")
    assert (changed.status_code, changed.data["is_on"], changed.data["tried_at"]) == (200, False, None)
    assert IdentityProvider.objects.get().client_secret == stored
    assert ada.post(f"{one}/switch-off").status_code == 200
    assert [row["name"] for row in ada.get("identity-providers").data["items"]] == ["Portal"]
    for other in (world.alice, world.dan):
        assert code(other.client.get("identity-providers")) == (403, "not_administrator")
        assert code(other.client.get(one)) == (403, "not_administrator")
    assert world.mallory.client.get(one).status_code == 404
    assert world.mallory.client.post(f"{one}/switch-on").status_code == 404


def test_somebody_ends_their_own_link(world: World) -> None:
    administrator(world).client.post("identity-providers", provider_body(ISSUER))
    link = ExternalIdentity.objects.create(
        provider=IdentityProvider.objects.get(), subject="1", user=world.bob.user, how="oneself", linked_at=world.now
    )
    assert world.bob.client.get("me/identities").data["items"][0]["id"] == str(link.id)
    assert world.bob.client.http.delete(f"/api/v1/me/identities/{link.id}").status_code == 204
    assert not ExternalIdentity.objects.exists()


def test_the_page_shows_few_buttons_and_signing_in_with_a_password_asks_nothing_of_them(world: World) -> None:
    ada = administrator(world)
    for number in range(5):
        body = provider_body(f"https://{number}.school.example", code=f"portal-{number}", name=f"门户{number}")
        assert ada.client.post("identity-providers", body).status_code == 201
    IdentityProvider.objects.update(is_on=True, tried_at=world.now)
    page = fresh()
    assert "/sign-in/with/portal-" not in page.get("/sign-in").content.decode()
    page.cookies["sign_in_with"] = "portal-3"
    shown = page.get("/sign-in?next=/reports").content.decode()
    assert ("/sign-in/with/portal-3?next=%2Freports" in shown, "/sign-in/with?next=%2Freports" in shown) == (True, True)
    assert page.get("/sign-in/with").content.decode().count("/sign-in/with/portal-") == 5
    with CaptureQueriesContext(connection) as asked:
        assert page.post("/sign-in", {"username": "alice", "password": PASSWORD}).status_code == 302
    assert not [row["sql"] for row in asked.captured_queries if "identity_" in row["sql"]]


@pytest.mark.parametrize("door", ["put", "add", "confirmed"])
def test_whoever_comes_to_have_powers_signs_in_anew_where_a_portal_let_them_in(
    world: World, signed_in: SignedIn, door: str
) -> None:
    here, elsewhere = signed_in(world.alice), signed_in(world.alice)
    for page, through in ((here, None), (elsewhere, Through(str(uuid4())))):
        key = str(page.session.session_key)
        session_record(user=world.alice.user, session_key=key, place=Place(), now=world.now, through=through)
    role = Role.PRINCIPAL if door == "confirmed" else Role.COORDINATOR
    post, _made = Post.objects.get_or_create(school=world.school, role=role, unit=None)
    later = world.now + timedelta(days=3)
    appointment = Appointment(post=post, person=world.alice.person, starts_at=later)
    file_ticket(world)
    if door == "add":
        appointments_add(by=None, appointments=[appointment], now=world.now)
    else:
        assert appointment_put(by=None, appointment=appointment, now=world.now) == (door == "confirmed")
    if door == "confirmed":
        assert elsewhere.get("/account").status_code == 200
        post_apply(pending=PendingPower.objects.get(), now=world.now)
    assert (here.get("/account").status_code, elsewhere.get("/account").status_code) == (200, 302)


def test_a_bureau_has_none(world: World) -> None:
    zoe = member_add(world, "zoe", [(Role.ADMINISTRATOR, None, False)])
    assert code(zoe.client.post("identity-providers", provider_body(ISSUER))) == (403, "not_administrator")
