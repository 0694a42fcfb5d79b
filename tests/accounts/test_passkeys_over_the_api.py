"""Passkeys over the API: added, listed, signed in with and removed by their owner, each ceremony once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import override_settings

from backend.accounts.models import SignIn, User
from backend.common.models import OutboxMessage, Tries
from tests.accounts.keys import Key
from tests.world import PASSWORD, Client, Member, World

ORIGIN = "https://school.example"
MINE = "me/passkeys"


@pytest.fixture(autouse=True)
def _named_address(world: World) -> Any:
    """Give the installation an address for which browsers keep passkeys."""
    with override_settings(PUBLIC_URL=ORIGIN):
        yield


def added(member: Member, key: Key, **changes: Any) -> Any:
    """Let somebody go through making a passkey; return the answer."""
    begun = member.client.get(f"{MINE}/ceremony").data
    answer = {"ceremony": begun["ceremony"], "credential": key.create(begun["options"]), "name": "Phone"}
    return member.client.post(MINE, {**answer, **changes})


def asked(member: Member, password: str = PASSWORD) -> Any:
    return Client(None).post("tokens/passkey", {"username": member.user.username, "password": password})


def token(member: Member, **second: Any) -> Any:
    return Client(None).post("tokens", {"username": member.user.username, "password": PASSWORD, **second})


def test_it_is_added_signs_in_and_is_removed(world: World) -> None:
    alice, key = world.alice, Key(ORIGIN)
    made = added(alice, key)
    assert (made.status_code, made.data["name"], made.data["last_used_at"]) == (201, "Phone", None)
    news = OutboxMessage.objects.filter(topic="account.news").values_list("payload__what", flat=True)
    assert list(news) == ["factor_added"]
    assert token(alice).data["code"] == "second_factor_required"
    begun = asked(alice)
    assert (begun.status_code, begun.headers["Cache-Control"]) == (200, "no-store")
    passkey = {"ceremony": begun.data["ceremony"], "credential": key.get(begun.data["options"])}
    signed = token(alice, passkey=passkey)
    assert signed.status_code == 201, signed.data
    fresh = Client(signed.data["token"])
    (row,) = fresh.get(MINE).data["items"]
    assert row["last_used_at"] is not None
    assert token(alice, passkey=passkey).data["code"] == "ceremony_over", "what was signed once signs nobody in twice"
    assert fresh.http.delete(f"/api/v1/{MINE}/{row['id']}").status_code == 204
    assert fresh.get(MINE).data == {"items": [], "recovery_codes_left": 0}
    assert token(alice).status_code == 201
    assert User.objects.get(pk=alice.user.pk).second_factor_at is None


def test_of_others_nothing_is_read_used_or_removed(world: World) -> None:
    alice, key = world.alice, Key(ORIGIN)
    begun = world.bob.client.get(f"{MINE}/ceremony").data
    assert added(alice, key, ceremony=begun["ceremony"]).data["code"] == "ceremony_over"
    made = added(alice, key)
    for stranger in (world.bob, world.mallory):
        assert stranger.client.get(MINE).data["items"] == []
        assert stranger.client.http.delete(f"/api/v1/{MINE}/{made.data['id']}").status_code == 404
    assert added(world.bob, Key(ORIGIN)).data["code"] == "passkey_wrong", "the same key is one account's"
    begun = asked(alice).data
    other = {"ceremony": begun["ceremony"], "credential": Key(ORIGIN).get(begun["options"])}
    assert token(alice, passkey=other).data["code"] == "second_factor_wrong"
    assert asked(alice, "not the password").status_code == 401
    assert Client(None).get(MINE).status_code == 401


def test_a_passkey_needs_a_fresh_sign_in_and_an_address_with_a_name(world: World) -> None:
    alice, key = world.alice, Key(ORIGIN)
    made = added(alice, key)
    SignIn.objects.update(started_at=F("started_at") - timedelta(minutes=11))
    assert added(alice, Key(ORIGIN)).data["code"] == "proof_needed"
    assert alice.client.http.delete(f"/api/v1/{MINE}/{made.data['id']}").status_code == 403
    with override_settings(PUBLIC_URL="http://192.0.2.1"):
        assert alice.client.get(f"{MINE}/ceremony").data["code"] == "passkeys_impossible"


@pytest.mark.parametrize("changes", [{"credential": {}}, {"credential": {"id": 5}}, {"ceremony": "x"}, {"name": ""}])
def test_what_is_no_answer_is_refused(world: World, changes: dict[str, Any]) -> None:
    refused = added(world.alice, Key(ORIGIN), **changes)
    assert refused.status_code == 400, refused.data
    assert not User.objects.get(pk=world.alice.user.pk).passkeys.exists()
    assert Tries.objects.count() <= 1
