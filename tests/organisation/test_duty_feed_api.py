"""The private calendar of one's own duty through the API: made, shown once, replaced, let die; by its person alone."""

from urllib.parse import urlsplit

from django.test import Client as Browser
from icalendar import Calendar

from backend.common.models import IdempotencyRecord
from backend.duty.models import DutyFeed
from tests.organisation.test_rosters import planned
from tests.world import Client, Member, World

FEED = "me/duty-feed"


def made(member: Member, key: str | None = None) -> str:
    """Make somebody's feed; return the path of its address."""
    answer = member.client.post(FEED, key=key)
    assert answer.status_code == 201, answer.data
    return str(urlsplit(answer.data["address"]).path)


def status_of(path: str) -> int:
    return Browser().get(path).status_code


def test_an_address_is_made_and_read_and_nobody_can_read_it_again(world: World) -> None:
    night = planned(world)
    assert world.vera.client.get(FEED).data == {"created_at": None}
    path = made(world.vera, key="make-it-once")
    (event,) = Calendar.from_ical(Browser().get(path).content).walk("VEVENT")
    assert event["UID"] == f"{night['id']}@allclear"
    assert world.vera.client.get(FEED).data["created_at"] is not None
    assert "address" not in world.vera.client.get(FEED).data
    token = path.removeprefix("/duty/feed/").removesuffix(".ics")
    stored = [*IdempotencyRecord.objects.values_list("body", flat=True), *DutyFeed.objects.values_list("token_digest")]
    assert not any(token in str(row) for row in stored)
    assert world.bob.client.get(FEED).data == {"created_at": None}


def test_the_same_request_again_gets_the_same_address_and_a_new_one_lets_it_die(world: World) -> None:
    path = made(world.vera, key="make-it-once")
    assert made(world.vera, key="make-it-once") == path
    assert made(world.bob, key="make-it-once") != path
    second = made(world.vera)
    assert (status_of(path), status_of(second)) == (404, 200)
    assert world.bob.client.http.delete(f"/api/v1/{FEED}").status_code == 204
    assert status_of(second) == 200
    for _time in range(2):
        assert world.vera.client.http.delete(f"/api/v1/{FEED}").status_code == 204
    assert status_of(second) == 404
    assert world.vera.client.get(FEED).data == {"created_at": None}


def test_a_request_repeated_after_its_address_died_does_not_hand_it_out(world: World) -> None:
    for key in ("make-it-first", "make-it-again"):
        made(world.vera, key=key)
        if key == "make-it-first":
            made(world.vera)
        else:
            assert world.vera.client.http.delete(f"/api/v1/{FEED}").status_code == 204
        again = world.vera.client.post(FEED, key=key)
        assert (again.status_code, again.data["code"], "address" in again.data) == (409, "feed_address_dead", False)


def test_only_staff_have_one(world: World) -> None:
    nobody = Client(None)
    for method in ("get", "post", "delete"):
        answer = getattr(nobody.http, method)(f"/api/v1/{FEED}", HTTP_IDEMPOTENCY_KEY="k" * 20)
        assert answer.status_code == 401
    world.alice.person.appointments.update(ends_at=world.now)
    assert world.alice.client.post(FEED).status_code == 403
    assert not DutyFeed.objects.exists()
